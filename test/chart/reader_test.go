package chart_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/test/manual"
	"github.com/account-operator/account-operator/test/node"
	"github.com/account-operator/account-operator/test/standin"
)

// Given an installation on PostgreSQL with a reader, which has a role of its own that owns no table, when a service with a key asks it, then
// it has what an account holds; and the reader's Pod has no right at the API server.
func TestReader_OnPostgreSQL_ServesWhatAccountsHold(t *testing.T) {
	newKeyset(t)
	address := databases.NewDatabase(t)
	here := []string{"--store=" + address, "--seal-keyset-file=" + keysetFile(t)}
	newSecret(t, "store", "address", address)
	newSecret(t, "reader-store", "address", asReader(t, address, here))
	roots := newCertificate(t)
	install(t, "account-operator", keyset, "--set=store.type=PostgreSQL,store.postgresql.existingSecret=store",
		"--set=reader.servedBy=Deployment,reader.store.existingSecret=reader-store,reader.tls.existingSecret=reader-tls")
	pods, team := newNode(t), newNamespace(t)
	reader := runDeployment(t, pods, "account-operator-reader")
	runDeployment(t, pods, "account-operator")
	alice := newAccount(team, "alice", "")
	createOurs(t, alice...)
	ready(t, team, "alice")

	made := mustRun(t, "keys service create scraper --rights=env --all-accounts", here)
	env := "/v1/accounts/" + account(t, team, "alice").Status.AccountID + "/env/token"
	if status, body := asked(t, roots, reader, env, regexp.MustCompile(`aok_\S+`).FindString(made)); status != http.StatusOK || !strings.Contains(body, `"a token"`) {
		t.Errorf("with a key: %d %s", status, body)
	}
	if status, _ := asked(t, roots, reader, env, "aok_wrong"); status != http.StatusUnauthorized {
		t.Errorf("with another: %d", status)
	}
	refusedNothing(t, "account-operator")
	remove(t, alice[2], alice[1])
}

// Whoever copies the commands of docs/reading.md has a reader beside the managers, which takes tokens of ServiceAccounts.
func TestReadingPage_InstallFollowed_Works(t *testing.T) {
	p := manual.Read(t, root+"/docs/reading.md", map[string]string{
		"'postgres://owner:password@db.example.com/accounts?sslmode=verify-full'":  `"$DATABASE"`,
		"'postgres://reader:password@db.example.com/accounts?sslmode=verify-full'": `"${DATABASE/user=*/user=reader}"`,
	})
	s := newSite(t)
	certificate, key, err := standin.CertificatePEM()
	s.must(err)
	for name, text := range map[string][]byte{"tls.crt": certificate, "tls.key": key} {
		s.must(os.WriteFile(filepath.Join(s.folder, name), text, 0o600))
	}
	s.run(readPage(t).Block("1. The image and the keyset", 0))
	s.run(`kubectl -n account-operator-system create secret generic account-operator-store --from-literal=address="$DATABASE"
		helm install account-operator charts/account-operator -n account-operator-system --set keyset.existingSecret=account-operator-keyset \
			--set store.type=PostgreSQL,store.postgresql.existingSecret=account-operator-store`)
	s.runs("account-operator")
	s.run("kubectl -n account-operator-system wait --for=create --timeout=1m configmap/account-operator-store") // as the schema is up to date
	for n := range p.Blocks("Install") {
		s.run(p.Block("Install", n))
	}
	s.runs("account-operator-reader")
	s.run("test $(kubectl -n account-operator-system get configmap account-operator-reader-grants -o yaml | grep -c launcher) = 1")
}

// asReader brings the tables up to date, and makes a login that may read.
func asReader(t *testing.T, address string, here []string) string {
	t.Helper()
	mustRun(t, "store migrate", here)
	mustRun(t, "store roles --apply", here)
	if err := databases.Exec(t.Context(), "postgres", `CREATE ROLE chart_reader LOGIN IN ROLE account_operator_reader`); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("user", "chart_reader")
	u.User, u.RawQuery = nil, query.Encode()
	return u.String()
}

// mustRun runs a command of the manager's beside the installed one.
func mustRun(t *testing.T, command string, here []string) string {
	t.Helper()
	done, err := binary.Run(t.Context(), nil, append(strings.Fields(command), here...)...)
	if err != nil || done.Code != 0 {
		t.Fatal(command, err, done.Stderr)
	}
	return done.Stdout
}

// keysetFile is the keyset of the Secret.
func keysetFile(t *testing.T) string {
	t.Helper()
	secret := &corev1.Secret{}
	if err := admin.Get(t.Context(), client.ObjectKey{Namespace: home, Name: "account-operator-keyset"}, secret); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "keyset.json")
	if err := os.WriteFile(file, secret.Data["keyset.json"], 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// newCertificate makes the Secret with the server's certificate, and returns who vouches for it.
func newCertificate(t *testing.T) *x509.CertPool {
	t.Helper()
	certificate, key, err := standin.CertificatePEM()
	if err != nil {
		t.Fatal(err)
	}
	s := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: home, Name: "reader-tls"}, Type: corev1.SecretTypeTLS, Data: map[string][]byte{"tls.crt": certificate, "tls.key": key},
	}
	create(t, s)
	t.Cleanup(func() {
		if err := admin.Delete(context.Background(), s); err != nil {
			t.Error(err)
		}
	})
	return standin.CA()
}

func asked(t *testing.T, roots *x509.CertPool, pod *node.Pod, path, key string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+pod.Address("reader")+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+key)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// Given a release with everything, when its selectors are looked at, then each finds the Pods of one Deployment: no Service of the manager leads
// to a reader, nor the other way round.
func TestSelectors_OfARelease_FindTheirOwnPods(t *testing.T) {
	for _, c := range []struct {
		values []string
		want   map[string]string
	}{
		{variants["everything"], map[string]string{
			"Deployment": "manager", "Deployment-reader": "reader", "Service-metrics": "manager", "Service-portal": "manager", "Service-reader": "reader", "Service-reader-metrics": "reader",
			"PodDisruptionBudget": "manager", "PodDisruptionBudget-reader": "reader", "NetworkPolicy": "manager", "NetworkPolicy-reader": "reader",
		}},
		{variants["readers"], map[string]string{"Deployment": "manager", "Service-metrics": "manager", "Service-reader": "manager"}},
	} {
		manifests := template(t, "one", c.values...)
		found := map[string]string{}
		for _, o := range objects(t, manifests) {
			if selector := selectorOf(o); selector != nil {
				found[o.GetKind()+strings.TrimPrefix(o.GetName(), "one-account-operator")] = strings.Join(podsOf(t, manifests, selector), " ")
			}
		}
		if diff := cmp.Diff(c.want, found); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// selectorOf is by what an object finds Pods.
func selectorOf(o *unstructured.Unstructured) map[string]string {
	switch o.GetKind() {
	case "Deployment", "PodDisruptionBudget":
		selector, _, _ := unstructured.NestedStringMap(o.Object, "spec", "selector", "matchLabels")
		return selector
	case "NetworkPolicy":
		selector, _, _ := unstructured.NestedStringMap(o.Object, "spec", "podSelector", "matchLabels")
		return selector
	case "Service":
		selector, _, _ := unstructured.NestedStringMap(o.Object, "spec", "selector")
		return selector
	}
	return nil
}

func podsOf(t *testing.T, manifests string, selector map[string]string) (names []string) {
	t.Helper()
	for _, d := range deploymentsIn(t, manifests) {
		if labels.SelectorFromSet(selector).Matches(labels.Set(d.Spec.Template.Labels)) {
			names = append(names, d.Spec.Template.Spec.Containers[0].Name)
		}
	}
	return names
}

// Given a reader of its own, then it has no token for the API server and nobody's rights, passes the restricted profile, and mounts the Secrets
// that it needs and no others.
func TestReader_ItsPod_HasNothingBesides(t *testing.T) {
	manifests := template(t, "one", variants["everything"]...)
	all := deploymentsIn(t, manifests)
	at := slices.IndexFunc(all, func(d *appsv1.Deployment) bool { return d.Spec.Template.Spec.Containers[0].Name == "reader" })
	pod := all[at].Spec.Template.Spec
	if ptr.Deref(pod.AutomountServiceAccountToken, true) || pod.ServiceAccountName != "one-account-operator-reader" {
		t.Errorf("it is %s, and has its token", pod.ServiceAccountName)
	}
	for _, o := range objects(t, manifests) {
		subjects, _, _ := unstructured.NestedSlice(o.Object, "subjects")
		if strings.Contains(fmt.Sprint(subjects), pod.ServiceAccountName) {
			t.Errorf("%s %s gives it rights", o.GetKind(), o.GetName())
		}
	}
	var secrets []string
	for _, v := range pod.Volumes {
		if v.Secret != nil {
			secrets = append(secrets, v.Secret.SecretName)
		}
	}
	if want := []string{"reader-store", "keys", "reader-tls"}; !slices.Equal(secrets, want) {
		t.Errorf("it mounts %v, not %v", secrets, want)
	}
	namespace := newNamespace(t)
	mustKubectl(t, "label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted")
	create(t, &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: pod.ServiceAccountName}})
	pod.PriorityClassName = "" // which is for the system's namespaces
	if err := admin.Create(t.Context(), &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "reader"}, Spec: pod}, client.DryRunAll); err != nil {
		t.Error(err)
	}
}

// Given policies for the network, then readers come from where the values say, and the reader reaches names and its database, the
// KMS of its keyset, and where the issuer's keys are.
func TestNetworkPolicy_OfTheReader_LeadsToTheDatabase(t *testing.T) {
	policy := rendered(t, "NetworkPolicy", "-reader")
	ingress, _, _ := unstructured.NestedSlice(policy.Object, "spec", "ingress")
	egress, _, _ := unstructured.NestedSlice(policy.Object, "spec", "egress")
	in, out := fmt.Sprint(ingress...), fmt.Sprint(egress...)
	if want := "map[from:[map[namespaceSelector:map[matchLabels:map[kubernetes.io/metadata.name:instances]]]] ports:[map[port:reader]]] map[from:[map[namespaceSelector:map[]]] ports:[map[port:metrics]]]"; in != want {
		t.Errorf("in: %s", in)
	}
	if want := "map[ports:[map[port:53 protocol:UDP] map[port:53 protocol:TCP] map[port:5432 protocol:TCP] map[port:8201 protocol:TCP] map[port:8444 protocol:TCP]]]"; out != want {
		t.Errorf("out: %s", out)
	}
}
