package config_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/account-operator/account-operator/internal/kinds"
)

// state is one of config/argocd/states.yaml.
type state struct {
	State      string            `json:"state"`
	Kinds      []string          `json:"kinds"`
	Unseen     bool              `json:"unseen"`
	Outdated   bool              `json:"outdated"`
	Deleted    bool              `json:"deleted"`
	Conditions map[string]string `json:"conditions"`
	Kstatus    string            `json:"kstatus"`
	Kubectl    bool              `json:"kubectl"`
	ArgoCD     string            `json:"argocd"`
}

// applied are the kinds that people apply.
func applied() (names []string) {
	for _, k := range kinds.Claiming() {
		names = append(names, string(k.Name))
	}
	return names
}

func states(t *testing.T) []state {
	t.Helper()
	text, err := os.ReadFile("argocd/states.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all []state
	if err := yaml.UnmarshalStrict(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// Each state is one of a real object, which each tool then looks at. Helm's --wait and Flux go by kstatus.
func TestStates_EachTool_Agrees(t *testing.T) {
	health, err := os.ReadFile("argocd/health.lua")
	if err != nil {
		t.Fatal(err)
	}
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "tools-"}}
	if err := admin.Create(t.Context(), ns); err != nil {
		t.Fatal(err)
	}
	for _, s := range states(t) {
		of := s.Kinds
		if of == nil {
			of = applied()
		}
		for _, kind := range of {
			t.Run(kind+" "+s.State, func(t *testing.T) { s.isRead(t, s.object(t, kind, ns.Name), string(health)) })
		}
	}
}

// isRead looks at an object with every tool.
func (s state) isRead(t *testing.T, o *unstructured.Unstructured, health string) {
	t.Helper()
	if got := kstatusOf(t, o); got != s.Kstatus {
		t.Errorf("kstatus reads %s, want %s", got, s.Kstatus)
	}
	// Nothing changes the object: what is to end ends at once, on however busy a machine, and what is to wait waits for ever.
	patience := "200ms"
	if s.Kubectl {
		patience = "1m"
	}
	if got := kubectlWaits(t, o, patience); got != s.Kubectl {
		t.Errorf("kubectl wait succeeds: %v, want %v", got, s.Kubectl)
	}
	if s.ArgoCD == "" {
		return // it does not ask the script
	}
	if got, message := argoOf(t, health, o); got != s.ArgoCD || message == "" {
		t.Errorf("Argo CD reads %s with message %q, want %s", got, message, s.ArgoCD)
	}
}

// object is a live object in this state.
func (s state) object(t *testing.T, kind, namespace string) *unstructured.Unstructured {
	t.Helper()
	o := example(kind, strings.ToLower(strings.NewReplacer(" ", "-", ",", "").Replace(s.State)))
	o.SetNamespace(namespace)
	o.SetFinalizers([]string{finalizer})
	if err := admin.Create(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if s.Deleted {
		if err := admin.Delete(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	if err := admin.Get(t.Context(), client.ObjectKeyFromObject(o), o); err != nil || s.Unseen {
		return o
	}
	generation := o.GetGeneration()
	if s.Outdated {
		o.Object["spec"].(object)["suspend"] = true
		if err := admin.Update(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	o.Object["status"] = object{"observedGeneration": generation, "conditions": s.conditions(generation)}
	if err := admin.Status().Update(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	return o
}

// publicKey is one, of which no one kept the private half.
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF93RuzTOUo7chJZhT+8D6LcE/Q6qKTn6gM7gT57xptb"

var specs = map[string]object{
	"Account":         {"email": "a@example.com"},
	"EnvVarSet":       {"accountRef": object{"name": "a"}},
	"CloudConnection": {"accountRef": object{"name": "a"}, "type": "Dropbox", "dropbox": object{"credentialsSecretRef": object{"name": "dbx"}}},
	"SSHKey":          {"accountRef": object{"name": "a"}, "publicKey": publicKey},
	"AccountAction":   {"accountRef": object{"name": "a"}, "type": "SendPasswordReset"},
}

// example is a small object of a kind.
func example(kind, name string) *unstructured.Unstructured {
	return ours(&unstructured.Unstructured{Object: object{"spec": maps.Clone(specs[kind])}}, kind, name)
}

func (s state) conditions(generation int64) []any {
	var all []any
	for _, name := range slices.Sorted(maps.Keys(s.Conditions)) {
		is, reason, _ := strings.Cut(s.Conditions[name], "/")
		all = append(all, object{
			"type": name, "status": is, "reason": reason, "message": "what to do about " + reason,
			"observedGeneration": generation, "lastTransitionTime": metav1.Now().UTC().Format(time.RFC3339),
		})
	}
	return all
}

func kstatusOf(t *testing.T, o *unstructured.Unstructured) string {
	t.Helper()
	result, err := status.Compute(o)
	if err != nil {
		t.Fatal(err)
	}
	return result.Status.String()
}

func kubectlWaits(t *testing.T, o *unstructured.Unstructured, patience string) bool {
	t.Helper()
	out, err := kubectl(t.Context(), "", "wait", "--for=condition=Ready", "--timeout="+patience,
		"--namespace="+o.GetNamespace(), o.GetKind()+"/"+o.GetName())
	if err != nil && !strings.Contains(out, "timed out") {
		t.Fatal(out)
	}
	return err == nil
}
