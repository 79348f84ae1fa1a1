"""Room: who may take how much more, who could take a load instead, what fills up, where room is missing."""
