"""Paper: forms, labels and QR codes drawn from plain values. Knows no table and no request."""
