"""The General Diary (रोज़नामचा): what happens at a station, entry by entry, under numbers that restart each day."""
