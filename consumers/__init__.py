"""Who feeds the views, and when what they have seen is committed."""
