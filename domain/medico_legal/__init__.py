"""The medico-legal register (MLC): whom a hospital reports as hurt, examined, and linked to a case or not."""
