package chart_test

import (
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/test/manual"
)

// Whoever copies the commands of docs/operations.md copies what there is, goes back to it, and rotates the key.
func TestOperationsPage_Followed_Works(t *testing.T) {
	p := manual.Read(t, root+"/docs/operations.md", map[string]string{
		"'postgres://user:password@db.example.com/accounts?sslmode=verify-full'":          `"$DATABASE"`,
		"'postgres://user:password@db.example.com/accounts_restored?sslmode=verify-full'": `"$RESTORED"`,
		// There are no Pods, only what a Deployment reports of itself, and nothing to run a command in.
		"wait --for=delete --timeout=2m pod -l app.kubernetes.io/name=account-operator": "rollout status deployment/account-operator",
		// test/realnode runs these two in Pods.
		"kubectl -n account-operator-system exec deployment/account-operator -- /manager store reseal": `manager store reseal --store=sqlite://"$VOLUME"/accounts.db`,
		"kubectl -n account-operator-system exec deployment/account-operator -- /manager store backup": `manager store backup --store=sqlite://"$VOLUME"/accounts.db`,
		`kubectl -n account-operator-system apply --server-side -f restore.yaml
kubectl -n account-operator-system wait --for=condition=Ready --timeout=2m pod/restore
kubectl -n account-operator-system exec -i restore -- sh -c 'umask 077; rm -f /store/accounts.db*; cat >/store/accounts.db' <copy/accounts.db
kubectl -n account-operator-system delete pod/restore`: `(umask 077; rm -f "$VOLUME"/accounts.db*; cat >"$VOLUME"/accounts.db) <copy/accounts.db`,
		`kubectl -n account-operator-system apply --server-side -f restore.yaml
kubectl -n account-operator-system wait --for=condition=Ready --timeout=2m pod/restore
mkdir growing
kubectl -n account-operator-system exec restore -- tar -C /store -c . | tar -C growing -x
kubectl -n account-operator-system delete pod/restore`: `mkdir growing && cp -r "$VOLUME"/. growing/`,
	})
	s, install := newSite(t), readPage(t)
	o := operations{site: s, page: p}
	s.run(install.Block("1. The image and the keyset", 0))

	s.run(install.Block("2. With Helm 4", 0))
	o.onSQLite()

	s.run(install.Block("2. With Helm 4", 1))
	o.onPostgreSQL()

	if !t.Failed() {
		p.IsCopied()
	}
}

// operations are what a user does who follows the page.
type operations struct {
	*site

	page *manual.Page
}

// follow copies the block under each of the headings.
func (o *operations) follow(headings ...string) string {
	o.Helper()
	return o.followBlock(0, headings...)
}

func (o *operations) followBlock(n int, headings ...string) (printed string) {
	o.Helper()
	for _, heading := range headings {
		printed += o.run(o.page.Block("Operations", 0) + o.page.Block(heading, n))
	}
	return printed
}

const stopAndStart = "Stop and start the managers"

func (o *operations) stop() { o.follow(stopAndStart) }

func (o *operations) start() { o.followBlock(1, stopAndStart) }

func (o *operations) onSQLite() {
	o.Helper()
	volume, err := o.node.Claim(o.Context(), home, "account-operator-store")
	o.must(err)
	o.env = append(o.env, "VOLUME="+volume)
	o.start()
	o.hasAlice()
	o.follow("Copy SQLite")
	o.stop()
	o.opens(o.followBlock(1, "Copy SQLite"))
	o.opens(o.followBlock(2, "Copy SQLite"))
	dump := `manager store dump --store=sqlite://"$VOLUME"/accounts.db --seal-keyset-file=keyset.json`
	before := o.run(dump)
	o.start()

	// What has happened since is done again after an older copy is restored
	o.account("bob")
	o.stop()
	o.follow("Restore SQLite")
	if now := o.run(dump); now != before {
		o.Errorf("restored is not what was copied:\n%s\nbut:\n%s", before, now)
	}
	o.start()
	o.becomeReady("account/bob")

	o.follow("Key rotation")
	if reported := o.followBlock(2, "Key rotation"); strings.HasPrefix(reported, "0 values") {
		o.Errorf("nothing was under the older key: %s", reported)
	}
	// The newest keyset opens what was sealed before it was made
	o.opens(o.followBlock(1, "Copy SQLite"))
	o.grows()
}

// grows takes a copy of the store to PostgreSQL, into a database of its own.
func (o *operations) grows() {
	o.Helper()
	was := "DATABASE=" + strings.TrimSpace(o.run(`echo "$DATABASE"`))
	o.stop()
	o.run(`createdb --maintenance-db="$DATABASE" accounts_grown`)
	o.env = append(o.env, "DATABASE="+o.beside("accounts_grown"))
	told := o.follow("From SQLite to PostgreSQL")
	o.opens(told)
	if !strings.Contains(told, "were copied and compared") {
		o.Errorf("copied: %s", told)
	}
	o.selects("2", `SELECT count(*) FROM accounts WHERE deleted_at IS NULL`)
	o.env = append(o.env, was)
	o.start()
}

func (o *operations) onPostgreSQL() {
	o.Helper()
	o.becomeReady("account/alice", "account/bob", "envvarset/alice-training")
	o.run(`psql "$DATABASE" --command="UPDATE accounts SET password_hash = 'kept' WHERE email = 'alice@example.com'"`)
	o.follow("Copy PostgreSQL")

	// Since then: carol was made, bob was deleted, and alice chose another password
	o.account("carol")
	o.run("kubectl delete --timeout=1m account/bob")
	o.run(`psql "$DATABASE" --command="UPDATE accounts SET password_hash = 'lost' WHERE email = 'alice@example.com'"`)

	o.stop()
	o.env = append(o.env, "RESTORED="+o.beside("accounts_restored"))
	o.opens(o.follow("Restore PostgreSQL"))
	o.env = append(o.env, "DATABASE="+o.beside("accounts_restored"))
	o.start()
	o.becomeReady("account/alice", "account/carol", "envvarset/alice-training")
	o.selects("kept", `SELECT password_hash FROM accounts WHERE email = 'alice@example.com'`)
	orphans := o.run(`manager store orphans --kubeconfig="$KUBECONFIG" --store="$DATABASE" --seal-keyset-file=keyset.json`)
	if !strings.Contains(strings.Join(strings.Fields(orphans), " "), "Account default bob") {
		o.Errorf("bob, who was deleted since the copy, is no orphan:\n%s", orphans)
	}

	o.follow("Key rotation")
	o.opens(o.followBlock(1, "Key rotation"))
	o.isBuiltAgain()
}

// isBuiltAgain has a new cluster take the old one's place, with the same store and the same objects.
func (o *operations) isBuiltAgain() {
	o.Helper()
	const ids = `SELECT string_agg(id || email, ',' ORDER BY id) FROM accounts WHERE deleted_at IS NULL`
	was := strings.TrimSpace(o.run(`psql "$DATABASE" --tuples-only --command="` + ids + `"`))
	lost := o.site
	lost.run("kubectl delete --timeout=1m accountactions --all; kubectl get account/alice account/carol envvarset/alice-training -o yaml >objects.yaml")
	o.stop()

	anew := operations{site: newSite(o.T), page: o.page}
	anew.env = append(anew.env, "DATABASE="+o.beside("accounts_restored"), "LOST="+lost.folder)
	cluster := strings.TrimSpace(anew.run(`cp "$LOST"/keyset.json . && ` + anew.page.Block("Operations", 0) + anew.page.Block("Restore the cluster", 0)))
	anew.run(`kubectl create namespace account-operator-system
		kubectl -n account-operator-system create secret generic account-operator-keyset --from-file=keyset.json
		kubectl -n account-operator-system create secret generic account-operator-store --from-literal=address="$DATABASE"
		helm install account-operator charts/account-operator -n account-operator-system --set keyset.existingSecret=account-operator-keyset \
			--set store.type=PostgreSQL,store.postgresql.existingSecret=account-operator-store,clusterID=` + cluster)
	anew.runs("account-operator")
	anew.run(`kubectl apply -f config/samples/sources.yaml
		sed -i '/^    \(uid\|resourceVersion\|creationTimestamp\):/d' "$LOST"/objects.yaml
		until kubectl apply -f "$LOST"/objects.yaml; do sleep 2; done`)
	anew.followBlock(1, "Restore the cluster")
	anew.selects(was, ids)
}

// hasAlice makes an account with variables and a connection.
func (o *operations) hasAlice() {
	o.Helper()
	o.run("until kubectl apply -k config/samples; do sleep 2; done")
	o.becomeReady("account/alice", "envvarset/alice-training", "cloudconnection/alice-training-data")
}

func (o *operations) account(name string) {
	o.Helper()
	o.run("sed 's/alice/" + name + "/' config/samples/account.yaml | kubectl apply -f -")
	o.becomeReady("account/" + name)
}

// becomeReady waits until a manager has looked at the objects again and the store holds them.
func (o *operations) becomeReady(objects ...string) {
	o.Helper()
	for _, object := range objects {
		o.run(`asked=$(date +%s%N)
			kubectl annotate --overwrite ` + object + ` account-operator.io/requested-at=$asked
			kubectl wait --timeout=1m --for=jsonpath='{.status.lastHandledRequest}'=$asked ` + object + `
			kubectl wait --timeout=1m --for=condition=Ready ` + object)
	}
}

// opens says that `manager store verify` found every value to open.
func (o *operations) opens(reported string) {
	o.Helper()
	if !strings.Contains(reported, "the store is whole and every sealed value opens") {
		o.Errorf("verified: %s", reported)
	}
}

func (o *operations) selects(want, query string) {
	o.Helper()
	if got := strings.TrimSpace(o.run(`psql "$DATABASE" --tuples-only --command="` + query + `"`)); got != want {
		o.Errorf("%s: %q, wanted %q", query, got, want)
	}
}

// beside is the address of another database of the server.
func (o *operations) beside(name string) string {
	o.Helper()
	address, err := url.Parse(strings.TrimSpace(o.run(`echo "$DATABASE"`)))
	o.must(err)
	address.Path = path.Join("/", name)
	return address.String()
}
