"""The complaint register (शिकायत): what citizens bring before the police, enquired into, converted or disposed of."""
