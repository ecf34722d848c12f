package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// copyCommand takes the place of the manager at the file that it copies.
func copyCommand(c *config) *cobra.Command {
	var from, to string
	cmd := &cobra.Command{
		Use: "copy", Short: "Copy an SQLite store into a PostgreSQL database, and retire it", Args: cobra.NoArgs,
		Long: "copy brings an SQLite store, which no manager may have open, into an empty PostgreSQL database: the same store, with its identity, which\n" +
			"managers go on with there. Each table is compared, and committed with all others, or none is. The file is retired then: no manager opens it\n" +
			"any more. Killed at any point, the same command finishes it.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if to == "" {
				address, err := c.storeAddress()
				if err != nil {
					return err
				}
				to = address
			}
			sealer, err := c.sealer()
			if err != nil {
				return err
			}
			copied, err := sqlstore.Copy(cmd.Context(), from, to, sqlstore.Options{Sealer: sealer, InsecureNoTLS: c.insecureNoTLS}, func(string) {})
			if err != nil {
				return err
			}
			said := fmt.Sprintf("%d rows of %d tables were copied and compared", copied.Rows, copied.Tables)
			if copied.Before {
				said = "the store was copied before"
			}
			fmt.Fprintln(cmd.OutOrStdout(), said+"; the file is retired: lead managers, and whoever else uses the store, to the database")
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&from, "from", "", "address of the SQLite store: sqlite:///path/accounts.db")
	f.StringVar(&to, "to", "", "address of the database: postgres://owner@host:5432/database, as the owner of its tables; left out, that of --store")
	return cmd
}
