package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
)

// opening is how the tour and `make up` begin: with everything running and no object yet.
var opening = []step{
	{
		title: "A Kubernetes control plane",
		say: "etcd, kube-apiserver and kube-controller-manager, built from their Go modules, on a loopback port.\n" +
			"kubectl below is the one built with them, and talks to them only.",
		do: []action{
			func(ctx context.Context, s *stage) error { return s.startCluster(ctx) },
			run("kubectl version", "Server Version"),
		},
	},
	{
		title: "The operator is installed, as in any cluster",
		say: "Definitions of the four kinds, the rights of the operator, and admission policies: one gives each object our\n" +
			"finalizer as it is created, two ask whether its author may read the Secrets and ConfigMaps that it names, one who\n" +
			"may confirm an address. (No node runs here, so the Deployment stays as it is: step 3 runs its program.)",
		do: []action{
			run("kubectl apply --server-side -k config/default", "deployment.apps/account-operator"),
			say("A policy takes effect a moment after it was created. Now it does:"),
			until("kubectl apply --dry-run=server -f config/samples/account.yaml -o jsonpath='{.metadata.finalizers}'",
				"account-operator.io/finalizer"),
		},
	},
	{
		title: "The operator starts",
		say: "Its store is a SQLite file (PostgreSQL is the other choice). Values are encrypted before they go in, with a\n" +
			"keyset that is made once. (Both are in the folder of this run, which the environment names, so that the commands\n" +
			"find them.) The manager has the rights of its ServiceAccount and no others. A mail server that keeps what it gets\n" +
			"runs beside it.",
		do: []action{
			keyset,
			func(ctx context.Context, s *stage) error { return s.startMail(ctx) },
			func(ctx context.Context, s *stage) error { return s.startManager(ctx) },
		},
	},
}

// keyset makes one, unless `make up` goes on with the store of last time, which nothing but its own keyset opens.
func keyset(ctx context.Context, s *stage) error {
	_, err := os.Stat(s.keyset())
	if errors.Is(err, fs.ErrNotExist) {
		return s.run(ctx, `manager keys init "$ACCOUNT_OPERATOR_SEAL_KEYSET_FILE"`)
	}
	s.screen.say("The keyset and the store are those of last time.")
	return err
}
