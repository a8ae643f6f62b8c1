"""The parts of the lab; each file has one job, which its first lines say."""
