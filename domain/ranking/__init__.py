"""Ranking: what is counted of each station, by which scheme it is weighed, and how a score comes out."""
