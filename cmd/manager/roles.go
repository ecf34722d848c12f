package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// rolesCommand prints SQL by default: the rights of a database are its administrator's to read before they are given.
func rolesCommand(c *config) *cobra.Command {
	var r sqlstore.Roles
	apply := false
	cmd := &cobra.Command{
		Use: "roles", Short: "Print the SQL that gives the roles of a PostgreSQL store their rights", Args: cobra.NoArgs,
		Long: "roles prints the SQL that gives each role the rights it needs in a PostgreSQL store and no others; run it as the owner of\n" +
			"the tables, and again after each 'manager store migrate'. With --apply it is run at once, as the user of --store.",
	}
	f := cmd.Flags()
	f.StringVar(&r.Manager, "manager-role", "account_operator_manager", "role of managers; empty, none")
	f.StringVar(&r.Service, "service-role", "account_operator_service", "role of the cloud's other services; empty, none")
	f.StringVar(&r.Reader, "reader-role", "account_operator_reader", "role of who reads what accounts hold; empty, none")
	f.StringVar(&r.Pages, "pages-role", "account_operator_pages", "role of who serves account holders' pages; empty, none")
	f.StringVar(&r.Schema, "schema", "public", "schema of the tables")
	f.BoolVar(&r.EndBlockers, "end-blockers", false,
		"let managers end sessions that hold them up with a lock, by the role pg_signal_backend; takes a superuser")
	f.BoolVar(&apply, "apply", false, "give the rights instead of printing them")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if !apply {
			_, err := fmt.Fprint(cmd.OutOrStdout(), r)
			return err
		}
		give := func(cmd *cobra.Command, s *sqlstore.Store) error { return s.GiveRights(cmd.Context(), r) }
		return c.storeSubcommand("roles", "", true, give).RunE(cmd, args)
	}
	return cmd
}
