"""The FIR case: from the first information to the last appeal, a file for each chapter of its life."""
