"""Use cases: (desk or session, input) → outcome, in a package for each family of them. They never commit
and know no HTTP. What all work with lies beside the packages: the desk, names, requests, the register."""
