package chart_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// variants are values that a user installs with.
var variants = map[string][]string{
	"SQLite":     {keyset},
	"PostgreSQL": {keyset, "--set=store.type=PostgreSQL,store.postgresql.existingSecret=store"},
	"generated":  {"--set=keyset.generate.enabled=true"},
	"pages":      {"--values=testdata/pages.yaml"},
	"everything": {"--values=testdata/everything.yaml"},
	"wrapped":    {keyset, "--set=keyset.kms.uri=hcvault://vault:8200/transit/keys/k,keyset.kms.existingSecret=vault,keyset.kms.key=t,networkPolicy.enabled=true"},
	"readers":    {keyset, "--set=reader.servedBy=Manager,reader.tls.existingSecret=reader-tls"},
}

func TestRendered_Twice_IsTheSame(t *testing.T) {
	for name, values := range variants {
		if once, again := template(t, "one", values...), template(t, "one", values...); once != again {
			t.Errorf("%s (-once +again):\n%s", name, cmp.Diff(once, again))
		}
	}
}

// The API server itself looks at every object, field by field. It has none of
// another project's kinds.
func TestRendered_EachVariant_IsTakenByTheAPIServer(t *testing.T) {
	for _, name := range []string{home, "team-a", "team-b"} {
		haveNamespace(t, name)
	}
	for name, values := range variants {
		t.Run(name, func(t *testing.T) {
			for _, o := range objects(t, template(t, "tried", values...)) {
				if group := o.GroupVersionKind().Group; group == "monitoring.coreos.com" || group == "gateway.networking.k8s.io" {
					continue
				}
				tried := client.ApplyConfigurationFromUnstructured(o)
				if err := admin.Apply(t.Context(), tried, client.DryRunAll, client.ForceOwnership, client.FieldOwner("helm")); err != nil {
					t.Errorf("%s %s: %v", o.GetKind(), o.GetName(), err)
				}
			}
		})
	}
}

func TestValues_Unworkable_AreRefusedWithWhatToDo(t *testing.T) {
	var all strings.Builder
	for values, want := range map[string]string{
		"replicas=null":                                                                      "set keyset.existingSecret=account-operator-keyset",
		"keyset.existingSecret=k,replicas=2":                                                 "leave replicas out, or set store.type=PostgreSQL",
		"keyset.existingSecret=k,store.type=PostgreSQL":                                      "set store.postgresql.existingSecret=",
		"keyset.existingSecret=k,keyset.generate.enabled=true":                               "leave one out",
		"keyset.existingSecret=k,mail.existingSecret=m":                                      "set mail.from",
		"keyset.existingSecret=k,portal.ingress.enabled=true":                                "set portal.url",
		"keyset.existingSecret=k,portal.url=https://a.example,portal.httpRoute.enabled=true": "set portal.httpRoute.parentRefs",
		"keyset.existingSecret=k,serviceAccount.create=false":                                "serviceAccount.name",
		"keyset.existingSecret=k,reader.servedBy=Manager":                                    "set reader.tls.existingSecret=",
		"keyset.existingSecret=k,reader.servedBy=Deployment,reader.tls.existingSecret=t":     "set reader.servedBy=Manager, or store.type=PostgreSQL",
		"keyset.existingSecret=k,store.type=PostgreSQL,store.postgresql.existingSecret=s,reader.servedBy=Deployment,reader.tls.existingSecret=t": "set reader.store.existingSecret=",
		readersOn + "reader.grants.certificates[0].uri=a," + rightsOf("certificates"):                                                            "set reader.clientCA.existingConfigMap",
		readersOn + "reader.grants.serviceAccounts[0].namespace=a,reader.grants.serviceAccounts[0].name=b," + rightsOf("serviceAccounts"):        "set reader.tokens.issuer",
		readersOn + "reader.tokens.issuer=https://a":                                                                                             "set either reader.tokens.existingConfigMap or reader.tokens.url",
		readersOn + "reader.tokens.issuer=https://a,reader.tokens.existingConfigMap=a,reader.tokens.url=https://b":                               "set either reader.tokens.existingConfigMap or reader.tokens.url",
		readersOn + "reader.tokens.url=http://a":                                                                                                 "/reader/tokens/url'",
		readersOn + "reader.grants.certificates[0].dns=a,reader.grants.certificates[0].rights={root},reader.grants.certificates[0].accounts=all": "/reader/grants/certificates/0/rights/0'",
		"keyset.existingSecret=k,keyset.kms.role=r":                                                                                              "set keyset.kms.uri beside keyset.kms.role",
		"keyset.existingSecret=k,keyset.kms.uri=hcvault://h/transit/keys/k,keyset.kms.role=r,keyset.kms.existingSecret=s":                        "keyset.kms.role and keyset.kms.existingSecret exclude each other",
		"keyset.generate.enabled=true,keyset.kms.uri=hcvault://h/transit/keys/k":                                                                 "manager keys init --secret and --seal-keyset-kms",
		"keyset.existingSecret=k,keyset.kms.uri=hcvault://h/transit/keys/k?token=t":                                                              "/keyset/kms/uri'",
		"keyset.existingSecret=k,colour=blue":                                                                                                    "'colour' not allowed",
		"keyset.existingSecret=k,portal.prot=1":                                                                                                  "'prot' not allowed",
		"keyset.existingSecret=k,portal.port=eighty":                                                                                             "/portal/port': got string, want integer",
		"keyset.existingSecret=k,crds.enabled=maybe":                                                                                             "/crds/enabled': got string, want boolean",
		"keyset.existingSecret=k,store.type=MySQL":                                                                                               "/store/type': value must be one of 'SQLite', 'PostgreSQL'",
		"keyset.existingSecret=k,class=GPU":                                                                                                      "/class'",
		"keyset.existingSecret=k,probe.allowEndpointCIDRs={10.0.0.1}":                                                                            "/probe/allowEndpointCIDRs/0'",
		"keyset.existingSecret=k,mail.rate=0":                                                                                                    "/mail/rate'",
		"keyset.existingSecret=k,replicas=0":                                                                                                     "/replicas'",
		"keyset.existingSecret=k,image.tag=1":                                                                                                    "/image/tag': got number, want string",
		"keyset.existingSecret=k,pages.enabled=true":                                                                                             "set store.type=PostgreSQL, or leave pages.enabled out",
		"keyset.existingSecret=k,store.type=PostgreSQL,store.postgresql.existingSecret=s,pages.enabled=true":                                     "there are no pages to serve: set portal.url",
		"keyset.existingSecret=k,store.type=PostgreSQL,store.postgresql.existingSecret=s,pages.enabled=true,portal.url=https://a.example":        "set pages.store.existingSecret=account-operator-pages",
		"keyset.existingSecret=k,store.type=PostgreSQL,store.postgresql.existingSecret=s,pages.enabled=true,portal.url=https://a.example,pages.store.existingSecret=p":                                                     "set pages.keyset.configMap=account-operator-pages",
		"keyset.existingSecret=k,store.type=PostgreSQL,store.postgresql.existingSecret=s,pages.enabled=true,portal.url=https://a.example,pages.store.existingSecret=p,pages.keyset.configMap=c,portal.signIn.enabled=true": "set keyset.factors.existingSecret=account-operator-factors",
		"keyset.existingSecret=k,portal.url=https://a.example,portal.signIn.enabled=true,portal.signIn.passwords=false":                                                                                                    "set portal.oidc.issuer and portal.oidc.clientID beside portal.signIn.passwords=false",
		"keyset.existingSecret=k,portal.url=https://a.example,portal.signIn.enabled=true,portal.oidc.issuer=https://b.example":                                                                                             "set portal.oidc.clientID beside portal.oidc.issuer",
		"keyset.existingSecret=k,portal.url=https://a.example,portal.oidc.issuer=https://b.example,portal.oidc.clientID=c":                                                                                                 "set portal.signIn.enabled=true beside portal.oidc.issuer",
		"keyset.existingSecret=k,portal.signIn.enabled=true": "beside portal.signIn.enabled",
	} {
		t.Run(values, func(t *testing.T) {
			_, reported, err := helm(t.Context(), "template", "refused", chart, "--set="+values)
			if err == nil || !strings.Contains(reported, want) {
				t.Errorf("%v, and %q does not say %q", err, reported, want)
			}
			all.WriteString(reported)
		})
	}
	// And docs/install.md explains what it quotes as it is said
	for _, quoted := range readPage(t).Quotes("you see") {
		if !strings.Contains(all.String(), quoted) {
			t.Errorf("nobody is told %q", quoted)
		}
	}
}

const readersOn = "keyset.existingSecret=k,reader.servedBy=Manager,reader.tls.existingSecret=t,"

func rightsOf(grants string) string {
	return fmt.Sprintf("reader.grants.%[1]s[0].rights={env},reader.grants.%[1]s[0].accounts=all", grants)
}

func TestValues_NoPolicyOnSecrets_ManagerAsksForLabelledOnes(t *testing.T) {
	const flag = "--require-secret-consent"
	if slices.Contains(args(t, keyset), flag) {
		t.Error("labels are asked for although the policy is there")
	}
	if !slices.Contains(args(t, keyset, "--set=admission.secretAccessPolicy.enabled=false"), flag) {
		t.Error("nothing keeps an author from Secrets that he may not read")
	}
}

func TestRendered_FlagsAndVariables_AreKnownToTheManager(t *testing.T) {
	known := map[string][]string{"manager": flagsOf(t), "reader": flagsOf(t, "read"), "pages": flagsOf(t, "serve")}
	for name, values := range variants {
		for _, d := range deploymentsIn(t, template(t, "asked", values...)) {
			c := d.Spec.Template.Spec.Containers[0]
			for _, arg := range c.Args {
				if flag, _, _ := strings.Cut(arg, "="); arg != "read" && arg != "serve" && !slices.Contains(known[c.Name], flag) {
					t.Errorf("%s: the %s has no %s", name, c.Name, flag)
				}
			}
			for _, e := range c.Env {
				variable, is := strings.CutPrefix(e.Name, "ACCOUNT_OPERATOR_")
				if flag := "--" + strings.ReplaceAll(strings.ToLower(variable), "_", "-"); is && !slices.Contains(known[c.Name], flag) {
					t.Errorf("%s: %s sets no flag of the %s", name, e.Name, c.Name)
				}
			}
		}
	}
}

// flagsOf are the flags of a command of the manager's.
func flagsOf(t *testing.T, command ...string) []string {
	t.Helper()
	help, err := binary.Run(t.Context(), nil, append(command, "--help")...)
	if err != nil || help.Code != 0 {
		t.Fatal(err, help.Stderr)
	}
	return regexp.MustCompile(`--[a-z-]+`).FindAllString(help.Stdout, -1)
}

// args is what the manager of these values is started with.
func args(t *testing.T, values ...string) []string {
	t.Helper()
	return deploymentIn(t, template(t, "asked", values...)).Spec.Template.Spec.Containers[0].Args
}
