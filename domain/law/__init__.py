"""What the law asks, as data: rules with their sources, offences with their punishments, and the counting of days."""
