"""The desk's pages about appointments: the lists, the two windows, what happened, and news as it comes."""
