package realnode_test

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	certutil "k8s.io/client-go/util/cert"

	"github.com/account-operator/account-operator/test/postgres"
	"github.com/account-operator/account-operator/test/realnode"
)

// runsOnPostgreSQL is the life of two managers, of which one stands by.
func (s *site) runsOnPostgreSQL(authority string) {
	address := url.URL{
		Scheme: "postgres", User: url.UserPassword("accounts", password), Host: realnode.Address + ":5432", Path: "/accounts",
		RawQuery: "sslmode=verify-full&sslrootcert=/etc/store-authority/ca.crt",
	}
	s.run(fmt.Sprintf(`kubectl create namespace "$NS"
		kubectl label namespace "$NS" pod-security.kubernetes.io/enforce=restricted
		manager keys init "$TMP/keyset.json"
		kubectl -n "$NS" create secret generic keyset --from-file="$TMP/keyset.json"
		kubectl -n "$NS" create secret generic store --from-literal=address=%q
		kubectl -n "$NS" create configmap store-authority --from-file=ca.crt=%q
		helm install replicated charts/account-operator -n "$NS" --wait --timeout=2m \
			--set=image.tag=dev,class="$CLASS",crds.enabled=false,keyset.existingSecret=keyset \
			--set=store.type=PostgreSQL,store.postgresql.existingSecret=store \
			--set-json='extraVolumes=[{"name": "authority", "configMap": {"name": "store-authority"}}]' \
			--set-json='extraVolumeMounts=[{"name": "authority", "mountPath": "/etc/store-authority"}]' `, address.String(), authority))
	s.serves("alice")
	s.looksInside("alice")
	s.isRead("alice", address)
	id, leader := s.id("alice"), s.leader()

	s.Log("the one that leads dies, and the other goes on")
	process, err := local.Process(s.run(`kubectl -n "$NS" get pod ` + leader + ` -o jsonpath='{.status.containerStatuses[0].containerID}'`))
	if err != nil {
		s.Fatal(err)
	}
	if err := syscall.Kill(process, syscall.SIGKILL); err != nil {
		s.Fatal(err)
	}
	s.serves("bob")
	s.still("alice", id)

	s.Log("both are replaced, one after the other, and somebody is always ready")
	s.run(`kubectl -n "$NS" rollout restart "deployment/$DEPLOYMENT"
		kubectl -n "$NS" rollout status --timeout=2m "deployment/$DEPLOYMENT"`)
	s.serves("carol")
	s.still("alice", id)
}

// leader is the Pod that leads.
func (s *site) leader() string {
	s.Helper()
	holder := s.run(`kubectl -n "$NS" get leases -o jsonpath='{.items[0].spec.holderIdentity}'`)
	pod, _, found := strings.Cut(holder, "_")
	if !found {
		s.Fatalf("the Lease is held by %q", holder)
	}
	return pod
}

// password of the roles accounts and reader.
const password = "a-password"

// startPostgreSQL starts a server that Pods reach, until the test ends, and returns the file of the authority that vouches for it.
func startPostgreSQL(t *testing.T) (authority string) {
	t.Helper()
	who, certificate, key := ofPostgreSQL(t, "pg_hba.conf"), ofPostgreSQL(t, "server.crt"), ofPostgreSQL(t, "server.key")
	signed, private, err := certutil.GenerateSelfSignedCertKey(realnode.Address, []net.IP{net.ParseIP(realnode.Address)}, nil)
	rules := []byte("local all all trust\nhostssl all accounts,reader " + realnode.Pods + " scram-sha-256\n")
	for path, content := range map[string][]byte{who: rules, certificate: signed, key: private} {
		err = errors.Join(err, os.WriteFile(path, content, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
	server, err := postgres.Start(t.Context(), postgres.Options{Settings: []string{
		"listen_addresses=" + realnode.Address, "hba_file=" + who, "ssl=on", "ssl_cert_file=" + certificate, "ssl_key_file=" + key,
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	for _, statement := range []string{
		"CREATE ROLE accounts LOGIN PASSWORD '" + password + "'", "CREATE DATABASE accounts OWNER accounts",
		"CREATE ROLE account_operator_reader", "CREATE ROLE reader LOGIN PASSWORD '" + password + "' IN ROLE account_operator_reader",
	} {
		if err := server.Exec(t.Context(), "postgres", statement); err != nil {
			t.Fatal(err)
		}
	}
	return certificate
}

// ofPostgreSQL is an empty file of the server's own user.
func ofPostgreSQL(t *testing.T, name string) string {
	t.Helper()
	folder, err := local.NewFolder()
	if err != nil {
		t.Fatal(err)
	}
	owner, err := user.Lookup("postgres")
	if err != nil {
		t.Fatal(err)
	}
	id, err := strconv.Atoi(owner.Uid)
	path := filepath.Join(folder, name)
	if err = errors.Join(err, os.WriteFile(path, nil, 0o600), os.Chown(path, id, -1), os.Chown(folder, id, -1)); err != nil {
		t.Fatal(err)
	}
	return path
}
