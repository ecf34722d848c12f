package chart_test

import (
	"strings"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/manual"
)

// Whoever copies the commands of docs/install.md installs the manager, breaks and repairs it, upgrades and removes it.
func TestInstallPage_Followed_Works(t *testing.T) {
	p := readPage(t)
	t.Run("with Helm", func(t *testing.T) { newSite(t).withHelm(p) })
	t.Run("without Helm", func(t *testing.T) { newSite(t).withoutHelm(p) })
	t.Run("from manifests to Helm", func(t *testing.T) { newSite(t).movesToHelm(p) })
	// No kubelet is there that would report Pods and keep their logs: test/realnode copies this one.
	p.Block("Repair", 0)
	if !t.Failed() {
		p.IsCopied()
	}
}

func (s *site) withHelm(p *manual.Page) {
	const installing, keyset = "2. With Helm 4", "1. The image and the keyset"
	s.run(p.Block(keyset, 0))
	s.run("mkdir copied && cd copied && " + p.Block(keyset, 1) + "cmp keyset.json ../keyset.json")
	s.run(p.Block(installing, 0))
	s.runs("account-operator")
	s.run("kubectl -n account-operator-system wait --for=create --timeout=1m configmap/account-operator-store") // nobody copies as fast as this
	s.run(p.Block(installing, 1))
	s.runs("account-operator")
	s.run(p.Block("Mail and pages", 0))
	s.runs("account-operator")
	s.run("test $(kubectl -n account-operator-system get ingress account-operator-portal -o jsonpath='{.spec.rules[0].host}') = accounts.example.com")
	s.run(p.Block("A second manager", 0))
	s.runs("gpu-account-operator")
	s.run(p.Block("3. See that it works", 0))
	s.run(p.Block("Upgrade", 0))
	s.runs("account-operator")
	for _, trouble := range troubles {
		trouble.comes(s)
		s.run(p.Block(trouble.heading, 0))
		trouble.isOver(s)
	}
	s.givesUp(p)
	s.removes(p)
}

// trouble is what a user has who looks into the page under a heading; the heading says what he sees.
type trouble struct {
	heading string
	comes   func(*site)
	isOver  func(*site)
}

var troubles = []trouble{
	{"`secret \"account-operator-keyset\" not found`", func(s *site) {
		s.run("kubectl -n account-operator-system delete secret account-operator-keyset")
		s.stopsWith(`secret "account-operator-keyset" not found`)
	}, (*site).works},
	{"`sealed with another keyset`", func(s *site) {
		s.run(`bin/manager keys init other.json
			kubectl -n account-operator-system delete secret account-operator-keyset
			kubectl -n account-operator-system create secret generic account-operator-keyset --from-file=keyset.json=other.json`)
		s.stopsWith("sealed with another keyset")
	}, (*site).works},
	{"`kinds are missing or older than this manager`", func(s *site) {
		s.run(`kubectl delete crd accountactions.account-operator.io
			kubectl patch crd envvarsets.account-operator.io --type=json \
				-p '[{"op": "remove", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/suspend"}]'`)
		s.stopsWith("kinds are missing or older than this manager")
	}, (*site).works},
	{"Objects are not Ready, with `APIError`", func(s *site) {
		s.run(`kubectl delete validatingadmissionpolicy account-operator-secret-access
			kubectl patch clusterrole account-operator-manager --type=json -p '[
				{"op": "test", "path": "/rules/4/resources", "value": ["secrets", "configmaps"]}, {"op": "remove", "path": "/rules/4"}]'
			kubectl create secret generic tokens --from-literal=TOKEN=x
			kubectl apply -f - <<<'{apiVersion: account-operator.io/v1alpha1, kind: EnvVarSet, metadata: {name: tokens},
				spec: {accountRef: {name: alice}, envFrom: [{secretRef: {name: tokens}}]}}'
			kubectl wait --for=jsonpath='{.status.conditions[?(@.type=="Ready")].reason}'=APIError --timeout=1m envvarset/tokens`)
	}, func(s *site) {
		s.run(`kubectl wait --for=condition=Ready --timeout=1m envvarset/tokens
			kubectl get validatingadmissionpolicy account-operator-secret-access
			kubectl delete envvarset/tokens secret/tokens`)
	}},
}

// stopsWith has every Pod of the manager made again, and waits until none can run and says so.
func (s *site) stopsWith(symptom string) {
	s.Helper()
	s.run(`kubectl -n account-operator-system patch deployment/account-operator \
		-p '{"spec": {"template": {"metadata": {"annotations": {"made-anew": "'$(date +%s%N)'"}}}}}'`)
	s.waits("account-operator", symptom)
}

// works says that the manager runs and does what it is for.
func (s *site) works() {
	s.Helper()
	s.runs("account-operator")
	s.run(`sed 's/alice/bob/' config/samples/account.yaml | kubectl apply -f -
		kubectl wait --for=condition=Ready --timeout=1m account/bob
		kubectl delete --timeout=1m account/bob`)
}

// givesUp has an object hang in deletion, whose account stays in the store when the object is given up.
func (s *site) givesUp(p *manual.Page) {
	const hanging = "Objects hang in deletion"
	s.Helper()
	s.run("kubectl -n account-operator-system scale deployment/account-operator --replicas=0")
	s.runs("account-operator")
	s.run("kubectl delete --wait=false account/alice")
	if seen := s.run(p.Block(hanging, 0)); !strings.Contains(seen, "alice") {
		s.Errorf("alice is not among what hangs:\n%s", seen)
	}
	s.run(p.Block(hanging, 1))
	s.run("kubectl wait --for=delete --timeout=1m account/alice")
	if left := s.run(`bin/manager store dump --store="$DATABASE" --seal-keyset-file=keyset.json`); !strings.Contains(left, "alice@example.com") {
		s.Errorf("the account went from the store:\n%s", left)
	}
	s.run("kubectl -n account-operator-system scale deployment/account-operator --replicas=2")
	s.works()
}

// removes uninstalls once nothing waits for the manager any more.
func (s *site) removes(p *manual.Page) {
	const removing = "Remove"
	s.Helper()
	s.run(`sed 's/alice/carol/' config/samples/account.yaml | kubectl apply -f -`)
	if held := s.run(p.Block(removing, 0)); held != "Account default/carol\n" {
		s.Errorf("still there, as the page lists it:\n%s", held)
	}
	s.run("kubectl delete --timeout=1m account/carol")
	if held := s.run(p.Block(removing, 0)); held != "" {
		s.Errorf("still there, as the page lists it:\n%s", held)
	}
	s.run("helm uninstall gpu -n account-operator-system")
	s.run(p.Block(removing, 1))
	s.run(p.Block(removing, 2))
	if left := s.run("kubectl get -A -l app.kubernetes.io/instance=account-operator -o name " + everyKind); left != "" {
		s.Errorf("left over:\n%s", left)
	}
}

// everyKind is each that the chart has an object of.
const everyKind = "deployments,services,serviceaccounts,persistentvolumeclaims,poddisruptionbudgets,roles,rolebindings,clusterroles," +
	"clusterrolebindings,customresourcedefinitions,mutatingadmissionpolicies,mutatingadmissionpolicybindings," +
	"validatingadmissionpolicies,validatingadmissionpolicybindings"

func (s *site) withoutHelm(p *manual.Page) {
	const installing = "2. Or without Helm"
	s.run(p.Block("1. The image and the keyset", 0))
	s.run(p.Block(installing, 0))
	s.run(p.Block("3. See that it works", 0))
	s.run(p.Block("Upgrade", 1))
	s.works()

	// When it is to serve one namespace only
	s.run(p.Block(installing, 1))
	mark := s.cluster.Audit.Mark()
	s.runs("account-operator")
	elsewhere, here := newAccount("default", "erin", ""), newAccount("team-a", "dave", "")
	for _, o := range append(elsewhere, here...) {
		s.must(s.api.Create(s.Context(), o))
	}

	// Then it serves that one, without a right on the Secrets of another
	s.run("kubectl wait --for=condition=Ready --timeout=1m -n team-a envvarset/dave")
	set := &v1alpha1.EnvVarSet{}
	s.must(s.api.Get(s.Context(), client.ObjectKey{Namespace: "default", Name: "erin"}, set))
	if len(set.Status.Conditions) != 0 {
		s.Errorf("an object of another namespace was served: %+v", set.Status)
	}
	refusedNothingSince(s.T, s.cluster.Audit, mark, "account-operator")
	for namespace, may := range map[string]string{"team-a": "yes", "default": "no"} {
		s.run(`test "$(kubectl auth can-i get secrets -n ` + namespace + ` --as=` + users + `account-operator || true)" = ` + may)
	}
	s.removesManifests(p)
}

// removesManifests has the manager serve all namespaces again, so that every object can go, and then takes away what was installed.
func (s *site) removesManifests(p *manual.Page) {
	s.Helper()
	s.run(p.Block("2. Or without Helm", 0))
	s.runs("account-operator")
	s.run("kubectl delete --timeout=1m --all --all-namespaces accounts,envvarsets,cloudconnections,sshkeys")
	s.run(p.Block("Remove", 3))
	s.run("kubectl get crd accounts.account-operator.io && kubectl -n account-operator-system get pvc/account-operator-store secret/account-operator-keyset")
	s.run(p.Block("Remove", 4))
	if left := s.run("kubectl get -A -l app.kubernetes.io/name=account-operator -o name namespaces," + everyKind); left != "" {
		s.Errorf("left over:\n%s", left)
	}
}
