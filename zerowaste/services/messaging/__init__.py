"""Messaging: who is told what, when and where: messages, mail, webhooks, reminders."""
