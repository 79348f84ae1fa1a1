"""The law: pure tables and functions. No framework, no SQL, no clock."""
