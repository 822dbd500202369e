"""The audits of a malkhana: the shelf is counted and compared with the register, and every difference is a fact."""
