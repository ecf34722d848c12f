package config_test

import (
	"os"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// How docs/accounts.md says to wait for an action ends whichever way the action does, and not before.
func TestAnActionThatIsOver_WaitedForAsThePageSays_EndsTheWait(t *testing.T) {
	page, err := os.ReadFile("../docs/accounts.md")
	if err != nil {
		t.Fatal(err)
	}
	const condition = "jsonpath={.status.completionTime}"
	if !strings.Contains(string(page), "kubectl wait --for="+strings.Replace(condition, "=", "='", 1)+"' ") {
		t.Error("the page waits in another way")
	}
	for _, end := range []string{"Complete", "Failed", ""} {
		o := ours(&unstructured.Unstructured{Object: object{"spec": specs["AccountAction"]}}, "AccountAction", "ends-"+strings.ToLower(end)+"x")
		if err := admin.Create(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		patience := "200ms" // nobody performs it
		if end != "" {
			patience = "1m"
			o.Object["status"] = object{
				"observedGeneration": int64(1), "completionTime": metav1.Now().UTC().Format(time.RFC3339),
				"conditions": state{Conditions: map[string]string{end: "True/Over"}}.conditions(1),
			}
			if err := admin.Status().Update(t.Context(), o); err != nil {
				t.Fatal(err)
			}
		}
		out, err := kubectl(t.Context(), "", "wait", "--for="+condition, "--timeout="+patience, "accountaction/"+o.GetName())
		if ended := err == nil; ended != (end != "") {
			t.Errorf("an action with %q: the wait ended: %v; %s", end, ended, out)
		}
	}
}
