package scenarios

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/kinds"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// snapshot is all there is, as sorted lines, without what differs between any two runs: times, names made by chance, and
// versions of objects.
type snapshot struct {
	Objects, Rows []string
	// Audit is the store's own log: who did what. What was done once more with the same outcome is listed once.
	Audit []string
	// Mails are those that arrived. Copies with one Message-ID are one.
	Mails []string
}

// differs shows how another snapshot is unlike this one. A manager that was stopped may have less to do: what it finds done
// is not done again. It does nothing else.
func (s snapshot) differs(from snapshot) string {
	s.Audit = slices.DeleteFunc(slices.Clone(s.Audit), func(auditEntry string) bool { return !slices.Contains(from.Audit, auditEntry) })
	if diff := cmp.Diff(s, from, cmpopts.EquateEmpty()); diff != "" {
		return "the world is not as after an undisturbed run (-undisturbed +this):\n" + diff
	}
	return ""
}

func (s *stage) observe(beside *sqlstore.Store) snapshot {
	s.Helper()
	names := map[string]string{s.ns: "NS"} // of what was named by chance
	found := snapshot{Objects: s.objects(names), Mails: s.arrived()}
	found.Rows, found.Audit = s.rows(beside, names)
	return found
}

// isSeen reports whether every object has a status that speaks of it as it is. That a mail waits is not the end: the mail server takes all.
func (s *stage) isSeen() bool {
	s.Helper()
	for _, line := range s.objects(map[string]string{}) {
		var name, kind string
		var generation int
		_, err := fmt.Sscanf(line, "%s %s generation=%d", &kind, &name, &generation)
		s.must(err)
		if !strings.Contains(line, fmt.Sprintf(`"observedGeneration":%d`, generation)) || strings.Contains(line, string(v1alpha1.ReasonMailWaiting)) {
			return false
		}
	}
	return true
}

// objects adds the UIDs of those that are there to names.
func (s *stage) objects(names map[string]string) (lines []string) {
	s.Helper()
	current := s.versions()
	for _, k := range kinds.All {
		kind := string(k.Name)
		list := &unstructured.UnstructuredList{}
		list.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(kind + "List"))
		s.must(s.api.List(context.Background(), list, client.InNamespace(s.ns)))
		for _, o := range list.Items {
			names[string(o.GetUID())] = "the " + kind + " " + o.GetName()
			all, _, _ := unstructured.NestedMap(o.Object, "status")
			sources, _ := all["sources"].([]any)
			for _, of := range sources {
				source := of.(map[string]any)
				source["current"] = source["resourceVersion"] == current[fmt.Sprint(source["kind"], source["name"])]
			}
			status, err := json.Marshal(without(all))
			s.must(err)
			line := fmt.Sprintf("%s %s generation=%d finalizers=%v deleting=%v %s", kind, o.GetName(), o.GetGeneration(), o.GetFinalizers(),
				o.GetDeletionTimestamp() != nil, status)
			lines = append(lines, strings.ReplaceAll(line, s.ns, "NS"))
		}
	}
	return lines
}

// versions are those of what values come from, by kind and name.
func (s *stage) versions() map[string]any {
	s.Helper()
	versions := map[string]any{}
	for _, kind := range []string{"Secret", "ConfigMap"} {
		list := &metav1.PartialObjectMetadataList{}
		list.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind(kind + "List"))
		s.must(s.api.List(context.Background(), list, client.InNamespace(s.ns)))
		for _, o := range list.Items {
			versions[kind+o.Name] = o.ResourceVersion
		}
	}
	return versions
}

// byChance are the fields of a status that no two runs have in common. The counts of an Account are shown minutes later.
var byChance = []string{"storeID", "signature", "accountID", "connectionID", "resourceVersion", "code", "link", "envVarCount", "cloudConnectionCount", "sshKeyCount"}

// instants are in messages: when a mail was asked for, or went out.
var instants = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

// without drops what differs by chance, at any depth. Conditions are in the order in which they came.
func without(status any) any {
	switch v := status.(type) {
	case map[string]any:
		for key, of := range v {
			if slices.Contains(byChance, key) || strings.HasSuffix(key, "Time") {
				delete(v, key)
			} else {
				v[key] = without(of)
			}
		}
	case string:
		return instants.ReplaceAllString(v, "TIME")
	case []any:
		for n := range v {
			v[n] = without(v[n])
		}
		slices.SortFunc(v, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	return status
}

func (s *stage) arrived() (lines []string) {
	s.Helper()
	seen := map[string]bool{}
	for _, m := range s.mails.Messages() {
		parsed, err := netmail.ReadMessage(bytes.NewReader(m.Text))
		s.must(err)
		if id := parsed.Header.Get("Message-Id"); !seen[id] {
			seen[id] = true
			lines = append(lines, strings.Join(m.To, " ")+": "+parsed.Header.Get("Subject"))
		}
	}
	slices.Sort(lines)
	return lines
}

var (
	cell = regexp.MustCompile(`(\w+)=("(?:[^"\\]|\\.)*"|sealed\([^)]*\)|\S+)`)
	uid  = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	// unlike are tables of how it came about, and not of what there is: a link is made each time a mail is taken.
	unlike = []string{"account_revisions", "leaders", "identity", "changes", "links", "seal_check", "mail_budgets", "mail_salt", "mail_turns", "status_key"}
	// onlySet are columns of which it counts only whether there is something.
	onlySet = regexp.MustCompile(`^(record|leaves|code|referral_code|\w+_at|at|namespace_uid|owner_namespace_uid|retry_after)$`)
	// unequal are columns that say nothing. Mails are taken once more after a crash. Versions are made by chance; how often
	// something was written, the audit log shows.
	unequal = []string{"due_at", "flow", "turn", "attempts", "taken_lease", "taken_epoch", "version", "endpoint"}
)

// rows are those of the store, with identities replaced by what they stand for.
func (s *stage) rows(beside *sqlstore.Store, names map[string]string) (rows, auditEntries []string) {
	s.Helper()
	var dump strings.Builder
	if err := beside.Dump(context.Background(), &dump); err != nil {
		return []string{err.Error()}, nil // its schema is on the way
	}
	ids := map[string]string{}
	for line := range strings.Lines(dump.String()) {
		table, _, _ := strings.Cut(line, " ")
		cells := map[string]string{}
		for _, m := range cell.FindAllStringSubmatch(line, -1) {
			cells[m[1]] = m[2]
		}
		if table == "accounts" {
			ids[cells["id"]] = cells["email"]
		}
		row := uid.ReplaceAllString(table+spelled(cells, ids, names), "gone")
		switch {
		case slices.Contains(unlike, table):
		case table == "audit":
			auditEntries = append(auditEntries, row)
		default:
			rows = append(rows, row)
		}
	}
	slices.Sort(rows)
	slices.Sort(auditEntries)
	return rows, slices.Compact(auditEntries)
}

// spelled writes the columns of a row in order. A UID is the name of its object; one whose object is gone is just gone.
func spelled(cells, ids, names map[string]string) (text string) {
	for _, key := range slices.Sorted(maps.Keys(cells)) {
		value := cells[key]
		switch {
		case key == "id" || slices.Contains(unequal, key):
			continue
		case onlySet.MatchString(key):
			value = "set"
		case key == "account_id" || key == "owner_id" || key == "referred_by":
			value = ids[value]
		case names[value] != "":
			value = names[value]
		}
		text += fmt.Sprintf(" %s=%s", key, value)
	}
	return text
}
