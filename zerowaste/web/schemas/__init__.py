"""The contract of the API as models: what is sent and what is answered, a file for each noun."""
