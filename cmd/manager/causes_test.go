package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/brand"
	"github.com/account-operator/account-operator/internal/controller/jobs/orphan"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/words"
)

// end is what made the manager end, the exit status, and what it says.
type end struct {
	given string
	err   error
	code  string // the constant's name
	says  string
}

// typed are commands that end by themselves.
func typed(t *testing.T) []end {
	t.Helper()
	folder := t.TempDir()
	keyset, text := filepath.Join(folder, "keyset.json"), filepath.Join(folder, "text")
	for path, content := range map[string]string{keyset: "{}", text: "no keyset"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := func(typed string) error {
		_, err := executed(t, typed)
		return err
	}
	starts := func(flags ...string) error { return startsFor(parsed(t, flags...)) }
	return []end{
		{"a flag that there is not", cmd("--stroe=x"), "exitStartup", "unknown flag: --stroe; see manager --help"},
		{"no keyset", cmd("store dump --store=sqlite:///x"), "exitStartup", "make one with 'manager keys init FILE' and name it by --seal-keyset-file"},
		{"two ways to seal", cmd("store dump --insecure-no-seal --seal-keyset-file=" + keyset), "exitStartup", "--seal-keyset-file and --insecure-no-seal exclude each other; give one"},
		{"a keyset that is missing", cmd("store dump --seal-keyset-file=" + folder + "/absent"), "exitStartup", "there is no keyset file " + folder + "/absent; make one with 'manager keys init"},
		{"a keyset that is malformed", cmd("store dump --seal-keyset-file=" + text), "exitStartup", "--seal-keyset-file: "},
		{"a store's address that is missing", cmd("store dump --insecure-no-seal --store-file=" + folder + "/absent"), "exitStartup", "--store-file: open " + folder},
		{"a password in a flag", cmd("store dump --store=postgres://u:hunter2@h/d"), "exitStartup", "a password in --store stands in the list of processes: put the address into a file and name it by --store-file"},
		{"a password in another flag", cmd("store copy --from=sqlite:///x --to=postgres://u:hunter2@h/d"), "exitStartup", "a password in --to stands in the list of processes: put the address into a file and name it by --store-file"},
		{"no way to the API server", cmd("--insecure-no-seal --kubeconfig=" + folder + "/absent"), "exitStartup", "no way to the API server: "},
		{"no place for a keyset", cmd("keys init"), "exitStartup", "name either the file that is to hold the keyset or, by --secret, the Secret"},
		{"a Secret without a namespace", cmd("keys init --secret=b"), "exitStartup", `--secret takes NAMESPACE/NAME, not "b"`},
		{"a keyset that is there", cmd("keys init " + keyset), "exitStartup", keyset + " exists; a keyset is never replaced"},
		{"no folder for a keyset", cmd("keys init " + folder + "/absent/keyset.json"), "exitStartup", "make the keyset file: open "},
		{"no keyset to rotate", cmd("keys rotate " + folder + "/absent"), "exitStartup", "read the keyset file: open "},
		{"no time to ask a provider", starts("--probe-timeout=0s"), "exitStartup", "--probe-timeout must be longer than 0"},
		{"no concurrency", starts("--concurrency=0"), "exitStartup", "--concurrency must be 1 or more: with none, nothing is worked on"},
		{"profiles for everybody", starts("--diagnostics=:6060"), "exitStartup", "give it a loopback address such as 127.0.0.1:6060"},
		{"a range that is none", starts("--allow-endpoint-cidrs=10.0.0.1/8"), "exitStartup", `--allow-endpoint-cidrs takes ranges such as 10.20.0.0/16 or fd00:20::/32, not "10.0.0.1/8"`},
		{"no mail an hour", starts("--mail-rate=0"), "exitStartup", "--mail-rate must be 1 or more"},
		{"a mail server and no sender", starts("--smtp-url-file=" + text), "exitStartup", "--smtp-url-file and --mail-from go together; give both, or neither and mails wait in the outbox"},
		{"a mail server that is missing", starts("--smtp-url-file="+folder+"/absent", "--mail-from=a@example.com"), "exitStartup", "--smtp-url-file: open "},
		{"a mail server that is none", starts("--smtp-url-file="+text, "--mail-from=a@example.com"), "exitStartup", "--smtp-url-file or --mail-from: "},
		{"a name that is none", starts("--brand-name=" + strings.Repeat("x", 300)), "exitStartup", "--brand-name: "},
		{"a logo that is missing", starts("--brand-logo-file=" + folder + "/absent"), "exitStartup", "--brand-logo-file: "},
		{"a portal without a host", starts("--portal-url=accounts"), "exitStartup", "--portal-url takes an address such as https://accounts.example.com"},
		{"a portal below a path", served(t, "--portal-url=https://a.example.com/?x=y"), "exitStartup", "--portal-url: "},
		{"an account API without an address", served(t, "--account-api"), "exitStartup", "give --account-api-url, or --portal-url"},
		{"an account API in clear text", served(t, "--account-api", "--account-api-url=http://a.example.com"), "exitStartup", "--account-api-url must be https, since API keys are secret"},
		{"an account API beside pages that are not served", served(t, "--account-api", "--portal-url=https://a.example.com", "--portal-bind-address=0"), "exitStartup", "they are not served here: give --account-api-bind-address"},
		{"a portal's port that is none", served(t, "--portal-url=https://a.example.com", "--portal-bind-address=127.0.0.1:-1"), "exitStartup", "give it another address, or end the program that listens there"},
	}
}

// served is how serving the pages ends that cannot be served.
func served(t *testing.T, flags ...string) error {
	t.Helper()
	c := parsed(t, flags...)
	return c.serve(t.Context(), nil, nil, brand.Brand{}, prometheus.NewRegistry(), &c.probeConfig)
}

// happened are ends of a manager that may have worked for a while.
func happened(t *testing.T) []end {
	t.Helper()
	t.Setenv("ACCOUNT_OPERATOR_CONCURRENCY", "many")
	_, environment := executed(t, "--insecure-no-seal")
	_, outside := leaseNamespace("")
	kind := &apimeta.NoKindMatchError{GroupKind: schema.GroupKind{Group: v1alpha1.GroupVersion.Group, Kind: "EnvVarSet"}}
	return []end{
		{"an environment variable that is wrong", environment, "exitStartup", "the environment variable ACCOUNT_OPERATOR_CONCURRENCY does not hold what --concurrency takes; mend or unset it"},
		{"no claim has its object", giveUp(t.Context(), nil, nil, orphan.Claims{Orphans: make([]store.Claim, 1)}, false), "exitStartup", "as if --kubeconfig led to another cluster than --cluster-id names; give --all if that is really so"},
		{"elected outside of a Pod", outside, "exitStartup", "--leader-elect outside of a Pod needs --leader-elect-namespace"},
		{"a kind that is not served", advised(fmt.Errorf("x: %w", kind)), "exitStartup", "they have no EnvVarSet; install those of this version first, by helm upgrade"},
		{"a store that must not be used", &store.StartupError{Problem: "it is another one", NextStep: "lead it to the right one"}, "exitStartup", "it is another one; lead it to the right one"},
		{"the Lease was lost", errors.Join(errLostLease, errors.New(electorsWord)), "exitLostLease", "the Lease was lost to another manager, or could not be renewed in time"},
		{"another manager leads in the store", fmt.Errorf("storing: %w", store.ErrFenced), "exitFenced", "another manager has taken the lead in the store"},
		{"the cluster was put back", fmt.Errorf("x: %w", errRewoundLease), "exitFailed", "the cluster was put back to an older state"},
		{"the API server lists nothing", explained(config{}, errors.New("failed to wait for account caches to sync: timed out")), "exitFailed", "the API server did not list what the manager watches in time"},
		{"anything else", errors.New("disk full"), "exitFailed", "disk full"},
	}
}

// elsewhere are messages that tests of the built manager show, since they take a cluster.
var elsewhere = map[string]string{
	"the manager's ServiceAccount lacks rights": "TestStart_OneRightIsMissing_NamesTheVerbAndTheResource",
	"the Secret %s exists":                      "TestKeyset_MadeOnce_IsNeverReplaced",
	"the Secret %s has no key":                  "TestKeyset_InASecret_IsRotatedInPlace",
	"another program listens on":                "TestListening_APortIsTaken_NamesItsFlag",
}

// Each cause has its own exit status and its own words, and those say what to do: whoever restarts the manager goes by the one, whoever
// corrects it by the other.
func TestEnd_EachCause_HasItsExitStatusAndItsWords(t *testing.T) {
	codes := map[string]int{}
	var said []string
	numbers := exitCodes(t)
	for _, e := range slices.Concat(typed(t), typedForReaders(t), typedForPages(t), typedForKMS(t), happened(t)) {
		if e.err == nil {
			t.Fatalf("%s: nothing fails", e.given)
		}
		if exitCode(e.err) != numbers[e.code] || !strings.Contains(e.err.Error(), e.says) {
			t.Errorf("%s: it ends with %d, want %s, and says: %v\nwant: %s", e.given, exitCode(e.err), e.code, e.err, e.says)
		}
		said = append(said, e.err.Error())
		codes[e.code]++
	}
	for name := range numbers {
		if codes[name] == 0 {
			t.Errorf("no cause in the table ends with %s", name)
		}
	}
	usagesAreSaid(t, said)
}

// usagesAreSaid complains of each message about usage that nothing in the table brought about.
func usagesAreSaid(t *testing.T, said []string) {
	t.Helper()
	all, err := words.Of(".", words.Place{Call: "usagef"})
	if err != nil {
		t.Fatal(err)
	}
	for _, missing := range words.Unsaid(all, said) {
		if !isElsewhere(missing) {
			t.Errorf("no cause in the table brings this about: %s", missing)
		}
	}
}

func isElsewhere(missing string) bool {
	for text := range elsewhere {
		if strings.Contains(missing, text) {
			return true
		}
	}
	return false
}

// exitCodes are the constants of main.go.
func exitCodes(t *testing.T) map[string]int {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "main.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]int{}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, is := n.(*ast.ValueSpec); is && strings.HasPrefix(spec.Names[0].Name, "exit") {
			var code int
			if _, err := fmt.Sscan(spec.Values[0].(*ast.BasicLit).Value, &code); err != nil {
				t.Fatal(err)
			}
			codes[spec.Names[0].Name] = code
		}
		return true
	})
	return codes
}
