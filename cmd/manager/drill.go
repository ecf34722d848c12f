package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/internal/controller/drill"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// drillNames bounds how many objects a line of a drill names.
const drillNames = 10

// drillCommand has the store's flags from its parent, and those that say which objects are meant.
func drillCommand(c *config) *cobra.Command {
	cmd := c.storeSubcommand("drill", "Rehearse a restore: what would become of the cluster's objects on a copy of their store", true,
		func(cmd *cobra.Command, s *sqlstore.Store) error { return c.drill(cmd, s) })
	cmd.Long = "drill opens a copy of the store, as a restore would put it in place, and says what a manager would make of it: whether every\n" +
		"sealed value opens, how old the copy is, which objects would be made anew, and which rows have no object. It only reads: nothing\n" +
		"is written to the copy or the cluster, no mail is sent. Lead it to the copy by --store; a running manager is not touched."
	c.clusterFlags(cmd.Flags())
	c.scopeFlags(cmd.Flags())
	return cmd
}

func (c *config) drill(cmd *cobra.Command, s *sqlstore.Store) error {
	ctx := cmd.Context()
	cluster, err := clusterConfig(c.kubeconfig)
	if err != nil {
		return err
	}
	live, err := client.New(cluster, client.Options{Scheme: knownKinds()})
	if err != nil {
		return fmt.Errorf("make a client: %w", err)
	}
	id, err := clusterID(ctx, *c, live)
	if err != nil {
		return err
	}
	is, err := s.Identity(ctx)
	if err != nil {
		return err
	}
	found, err := drill.Rehearse(ctx, s.Reader(id), live, c.class, c.watchNamespaces)
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "the copy is of the store %s, and its newest write of %s\n", is.ID, is.Newest.At.Format(time.RFC3339))
	if err := printRehearsal(cmd, found); err != nil {
		return err
	}
	return verify(cmd, s)
}

func printRehearsal(cmd *cobra.Command, found drill.Rehearsal) error {
	out := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 3, ' ', 0)
	fmt.Fprintln(out, "KIND\tKEPT\tMADE ANEW\tWITHOUT AN OBJECT")
	for _, k := range found.Kinds {
		fmt.Fprintf(out, "%s\t%d\t%s\t%s\n", k.Kind, k.Kept, counted(k.Anew), counted(k.Orphans))
	}
	if err := out.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "accounts whose confirmed address or second factor would be as it was then: %s\n", counted(found.Changed))
	return err
}

// counted is how many objects there are, and the first by name.
func counted(names []string) string {
	if len(names) == 0 {
		return "0"
	}
	text := fmt.Sprintf("%d (%s", len(names), strings.Join(names[:min(drillNames, len(names))], ", "))
	if len(names) > drillNames {
		text += ", ..."
	}
	return text + ")"
}
