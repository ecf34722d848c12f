package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/internal/controller/jobs/orphan"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// orphansLease is a name of its own under which the command leads in the store, so that a running manager is not fenced.
const orphansLease = "store-orphans"

// orphansCommand has the store's flags from its parent, and those that say which cluster's claims are meant.
func orphansCommand(c *config) *cobra.Command {
	release, all := false, false
	cmd := c.storeSubcommand("orphans", "List claims whose object is gone, beside running managers", true,
		func(cmd *cobra.Command, s *sqlstore.Store) error { return c.orphans(cmd, s, release, all) })
	cmd.Long = "orphans lists the claims of this cluster for which the API server has no object, as after a cluster was restored to an\n" +
		"older state. With --release they are given up: what they stood for stays in the store, managed by nobody."
	cmd.Flags().BoolVar(&release, "release", false, "give up what is listed; nothing is deleted")
	cmd.Flags().BoolVar(&all, "all", false, "with --release: also where no claim of this cluster has its object any more")
	c.clusterFlags(cmd.Flags())
	return cmd
}

func (c *config) orphans(cmd *cobra.Command, s *sqlstore.Store, release, all bool) error {
	ctx := cmd.Context()
	fenced, live, err := c.leadOrphans(ctx, s)
	if err != nil {
		return err
	}
	found, err := orphan.Find(ctx, fenced, live)
	if err != nil {
		return fmt.Errorf("look for orphans: %w", err)
	}
	out := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 3, ' ', 0)
	fmt.Fprintln(out, "KIND\tNAMESPACE\tNAME\tUID")
	for _, claim := range found.Orphans {
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", claim.Kind, claim.Namespace, claim.Name, claim.UID)
	}
	if err := out.Flush(); err != nil || !release {
		return err
	}
	return giveUp(ctx, cmd.OutOrStdout(), fenced, found, all)
}

// giveUp releases the orphans. Where no claim has its object, this is more likely another cluster.
func giveUp(ctx context.Context, out io.Writer, fenced store.FencedStore, found orphan.Claims, all bool) error {
	if len(found.Orphans) > 0 && found.Alive == 0 && !all {
		return usagef("nothing was released: every claim of this cluster has lost its object, as if --kubeconfig led to another cluster " +
			"than --cluster-id names; give --all if that is really so")
	}
	for n, claim := range found.Orphans {
		if err := orphan.Release(ctx, fenced, claim); err != nil {
			return fmt.Errorf("release %s; %d were released before: %w", claim, n, err)
		}
	}
	_, err := fmt.Fprintf(out, "%d released\n", len(found.Orphans))
	return err
}

// leadOrphans leads under the command's own name. A cluster that does not know our kinds is refused by the API server's
// answer, since everything would count as gone there.
func (c *config) leadOrphans(ctx context.Context, s *sqlstore.Store) (store.FencedStore, client.Client, error) {
	cluster, err := clusterConfig(c.kubeconfig)
	if err != nil {
		return nil, nil, err
	}
	live, err := client.New(cluster, client.Options{})
	if err != nil {
		return nil, nil, fmt.Errorf("make a client: %w", err)
	}
	id, err := clusterID(ctx, *c, live)
	if err != nil {
		return nil, nil, err
	}
	fenced, err := s.Lead(ctx, id, orphansLease)
	return fenced, live, err
}
