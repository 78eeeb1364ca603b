"""The configuration tree that ships as `recurra.conf`; this file makes it a package that Hydra can search."""
