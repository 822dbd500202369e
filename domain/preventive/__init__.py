"""The register of preventive action (प्रतिबंधात्मक कार्यवाही): detention, istgasha, show cause, bond, inquiry."""
