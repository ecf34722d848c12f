package config_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Every tool applies what a repository has of our kinds, then what it has later. The page says which takes what.
func TestEachTool_ApplyingWhatARepositoryHas_DoesAsThePageSays(t *testing.T) {
	page, err := os.ReadFile("../docs/gitops.md")
	if err != nil {
		t.Fatal(err)
	}
	cells := map[string][]string{}
	for _, tool := range applying(t) {
		t.Run(tool.name, func(t *testing.T) {
			for what, cell := range tool.tried(t) {
				cells[what] = append(cells[what], cell)
			}
		})
	}
	var head, line []string
	for _, tool := range applying(t) {
		head, line = append(head, tool.name), append(line, "---")
	}
	table := []string{"| what changes | " + strings.Join(head, " | ") + " |", "| --- | " + strings.Join(line, " | ") + " |"}
	for _, c := range append(changes, edited, pruned) {
		table = append(table, fmt.Sprintf("| %s | %s |", c.what, strings.Join(cells[c.what], " | ")))
	}
	if want := strings.Join(table, "\n"); !strings.Contains(string(page), want) {
		t.Errorf("docs/gitops.md has another table than this:\n%s", want)
	}
}

// tried says of each case what the tool did: yes, what it said no to, or that it is not its business.
func (a applier) tried(t *testing.T) map[string]string {
	t.Helper()
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "gitops-"}}
	if err := admin.Create(t.Context(), ns); err != nil {
		t.Fatal(err)
	}
	cells := map[string]string{}
	// Given what the repository has first
	a.mustApply(t, ns.Name, repository(t, ns.Name, append(changes, pruned), change.first))
	// When it has something else
	after := repository(t, ns.Name, changes, change.later)
	a.mustApply(t, ns.Name, after)
	// Then that is what is live
	before := map[string]int64{}
	for _, c := range changes {
		live := c.live(t, ns.Name)
		before[c.what], cells[c.what] = live.GetGeneration(), "yes"
		if diff := cmp.Diff(chosen(c.later(t)), chosen(live.Object["spec"])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
	}
	// And what was left out is on its way, where the tool prunes
	cells[pruned.what] = "-"
	if a.prunes {
		cells[pruned.what] = "yes"
		if o := pruned.live(t, ns.Name); o.GetDeletionTimestamp() == nil {
			t.Error("what was left out is not deleted")
		}
	}
	// And once more the same changes nothing
	a.mustApply(t, ns.Name, after)
	for _, c := range changes {
		if now := c.live(t, ns.Name).GetGeneration(); now != before[c.what] {
			t.Errorf("%s: applied again, it goes from generation %d to %d", c.what, before[c.what], now)
		}
	}
	cells[edited.what] = a.triedEdited(t, ns.Name)
	return cells
}

// triedEdited has a user edit the value by hand before it becomes a reference.
func (a applier) triedEdited(t *testing.T, namespace string) string {
	t.Helper()
	one := []change{edited}
	all := func(spec func(change, *testing.T) object) string {
		return repository(t, namespace, changes, change.later) + repository(t, namespace, one, spec)
	}
	a.mustApply(t, namespace, all(change.first))
	live := edited.live(t, namespace)
	mustKubectl(t, "", "-n", namespace, "patch", "envvarset", live.GetName(), "--type=json",
		"-p", `[{"op": "replace", "path": "/spec/env/0/value", "value": "by hand"}]`)
	out, err := a.apply(t, namespace, all(change.later))
	if err == nil {
		if diff := cmp.Diff(chosen(edited.later(t)), chosen(edited.live(t, namespace).Object["spec"])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", edited.what, diff)
		}
		return "yes"
	}
	// Refused: then the way out of the page works
	if !strings.Contains(out, "give value or valueFrom, not both") && !strings.Contains(out, "conflict") {
		t.Errorf("refused with other words than the page has: %s", out)
	}
	mustKubectl(t, "", "-n", namespace, "patch", "envvarset", live.GetName(), "--type=json", "-p", `[{"op": "remove", "path": "/spec/env/0/value"}]`)
	a.mustApply(t, namespace, all(change.later))
	return "[no](troubleshooting.md#value-or-valuefrom-not-both)"
}

func (a applier) mustApply(t *testing.T, namespace, manifest string) {
	t.Helper()
	if out, err := a.apply(t, namespace, manifest); err != nil {
		t.Fatalf("%s: %v\n%s", a.name, err, out)
	}
}

func (c change) live(t *testing.T, namespace string) *unstructured.Unstructured {
	t.Helper()
	o := ours(&unstructured.Unstructured{}, c.kind, c.name())
	if err := admin.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: c.name()}, o); err != nil {
		t.Fatal(err)
	}
	return o
}
