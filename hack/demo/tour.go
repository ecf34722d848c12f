package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/account-operator/account-operator/test/cluster/process"
)

const dumped = `manager store dump | grep -E '^(accounts|env_vars|connections|instances) ' | sed -E 's/ [a-z_]*(cluster|uid)=[^ ]*//g'`

// guided are the steps after the opening.
var guided = []step{
	{
		title: "An account is an object like any other",
		say: "alice's account, a Secret with a token, a set of environment variables that takes the token from it, a\n" +
			"connection to a bucket, and a public key. This is what the platform team writes:",
		do: []action{
			run("cat config/samples/envvarset.yaml"),
			run("kubectl apply -k config/samples", "account.account-operator.io/alice created"),
			run("kubectl wait --for=condition=Ready --timeout=30s account/alice envvarset/alice-training cloudconnection/alice-training-data sshkey/alice-laptop"),
			run("kubectl get account,envvarset,cloudconnection,sshkey", "alice@example.com", "Synced"),
		},
	},
	{
		title: "The account holder confirms the address, and chooses a password",
		say:   "A new account gets a mail with a link. This reads it and presses the button, as alice would in a browser.",
		do: []action{
			confirm,
			run("kubectl wait --for=condition=EmailVerified --timeout=30s account/alice"),
			run("kubectl get account alice", "True"),
		},
	},
	{
		title: "She signs in to her settings",
		say: "What the spec sets is the platform team's, and read-only for her: dark mode stays on. Then the team leaves it out, and so it\n" +
			"is hers. A second factor is hers in any case.",
		do: []action{
			signIn,
			mayNotSwitch,
			run(`kubectl patch account alice --type=json --patch='[{"op": "remove", "path": "/spec/preferences"}]'`, "patched"),
			run("kubectl wait --for=condition=Ready --timeout=30s account/alice"),
			switchOff,
			run(`sql "$ACCOUNT_OPERATOR_STORE" "SELECT theme FROM accounts WHERE email = 'alice@example.com'"`, "Light"),
			run("kubectl wait --for=jsonpath='{.status.settings.theme}'=Light --timeout=30s account/alice"),
			addApp,
			run("kubectl wait --for=jsonpath='{.status.twoFactor.state}'=Enabled --timeout=30s account/alice"),
			run("kubectl get account alice", "Enabled"),
		},
	},
	{
		title: "What stands in the store",
		say: "The manager prints every row, sealed values as sealed. (sed leaves out the columns that say which object in\n" +
			"which cluster manages a row.)",
		do: []action{
			run(dumped, "email=alice@example.com", "name=HF_TOKEN", "value=sealed(", "credentials=sealed("),
			func(ctx context.Context, s *stage) error { return s.sealed(ctx) },
		},
	},
	{
		title: "A process runs with the variables",
		say: "The cloud's service that starts instances has a key, by which it makes a token for one account and an hour; only that goes\n" +
			"into the instance. There account-env reads the variables from the reader API, starts a program with them, and follows them.",
		do: []action{makeKey, startInstance},
	},
	{
		title: "A Secret is rotated",
		say: "Whoever keeps the Secret writes a new value. Nobody tells the operator, the service or the program, and nothing polls the\n" +
			"API server.",
		do: []action{
			rotate,
			endInstance,
			run(`sql "$ACCOUNT_OPERATOR_STORE" "SELECT name, version, value FROM env_vars WHERE name = 'HF_TOKEN'"`, "bytes)"),
		},
	},
	{
		title: "A mistake is refused, and told what to write instead",
		say:   "No webhook does this: the rules stand in the definitions of the kinds.",
		do: []action{
			run("cat hack/demo/refused-account.yaml"),
			refused("kubectl apply -f hack/demo/refused-account.yaml", "spec.email", "write one plain address"),
		},
	},
	{
		title: "An account in which something runs is not deleted",
		say: "The cloud's own services write what runs into documented tables of the store. Another program does so here,\n" +
			"with one line of SQL. Then somebody deletes the Account, and looks with the plugin of kubectl what is in the way.",
		do: []action{
			run(`sql "$ACCOUNT_OPERATOR_STORE" "INSERT INTO instances (id, account_id) SELECT 'i-101', id FROM accounts WHERE email = 'alice@example.com' AND deleted_at IS NULL"`,
				"1 row changed"),
			run("kubectl delete account alice --wait=false", "deleted"),
			run("kubectl wait --for=condition=DeletionBlocked --timeout=30s account/alice"),
			run("kubectl account status alice", "DeletionBlocked", "1 instance (i-101)", "envvarset/alice-training"),
			until("kubectl events --for account/alice --types=Warning", "DeletionBlocked"),
		},
	},
	{
		title: "What ran has ended, and the deletion goes on by itself",
		say:   "The other program removes its row. Nobody touches the Account.",
		do: []action{
			release,
			refused("kubectl get account alice", "not found"),
			run("kubectl wait --for=condition=Ready=false --timeout=30s envvarset/alice-training cloudconnection/alice-training-data sshkey/alice-laptop"),
			run("kubectl get envvarset,cloudconnection,sshkey", "AccountNotFound"),
		},
	},
	{
		title: "The rest is deleted",
		say: "An object whose Account is gone can always be deleted. The deleted account's row stays for seven days, so that the\n" +
			"account could be brought back; its variables, connections and keys are gone.",
		do: []action{
			run("kubectl delete -k config/samples --ignore-not-found --timeout=30s", "envvarset.account-operator.io \"alice-training\" deleted"),
			run(dumped, "deleted_at="),
			run(`sql "$ACCOUNT_OPERATOR_STORE" "SELECT 'variables left: ' || count(*) FROM env_vars"`, "variables left: 0"),
		},
	},
}

// tour plays everything from an empty folder and leaves nothing behind.
func tour(ctx context.Context, site site, screen *screen) error {
	started := time.Now()
	screen.line("account-operator: a guided tour. It runs on this machine only and leaves nothing behind; Ctrl-C ends it.")
	running, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	folder, err := process.TemporaryFolder("account-operator-demo")
	if err != nil {
		screen.failure(fmt.Sprintf("there is no temporary folder to work in: %v", err))
		return err
	}
	s, err := open(site, folder, screen, fail)
	if err != nil {
		screen.failure(err.Error())
		return err
	}
	s.audit = true
	if err := s.play(running, slices.Concat(opening, guided)); err != nil {
		return s.abandon(ctx, err)
	}
	if err := s.finish(); err != nil {
		screen.failure(err.Error())
		return err
	}
	screen.line("")
	screen.result("every step happened, in %.0f s; everything is stopped and the folder is removed", time.Since(started).Seconds())
	screen.say("Next: `make up` leaves all this running for you to try; README.md and docs/ tell the rest.")
	return nil
}

// finish stops everything and looks that nothing is left.
func (s *stage) finish() error {
	if err := s.close(); err != nil {
		return fmt.Errorf("FAILED: stopping: %w", err)
	}
	select {
	case <-s.manager.Done():
	default:
		return errors.New("FAILED: the manager still runs")
	}
	if _, err := os.Stat(s.path); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("FAILED: the folder %s is still there", s.path)
	}
	return nil
}
