package scenarios

import (
	"fmt"
	"maps"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// settledWorld is an account, two sets of its own, one for its team and a connection that take from two Secrets, all Ready.
type settledWorld struct {
	*scenario
	alice             *v1alpha1.Account
	token, bucket     *corev1.Secret
	base, extra, team *v1alpha1.EnvVarSet
	data              *v1alpha1.CloudConnection
}

func newSettledWorld(s *scenario) settledWorld {
	s.Helper()
	w := settledWorld{
		s, account("alice", email), secret("hf", "token", "1"), secret("s3", "access-key-id", "1", "secret-access-key", "2"),
		envVarSet("base", "alice", fromSecret("HF_TOKEN", "hf", "token"), value("MODE", "1")),
		envVarSet("extra", "alice", value("LEVEL", "1")), teamSet(value("TEAM", "1"), fromSecret("TEAM_TOKEN", "hf", "token")),
		s3Connection("data", "alice", "s3"),
	}
	w.alice.Labels = maps.Clone(vision)
	w.token.Labels = map[string]string{"for": "training"}
	w.extra.Spec.EnvFrom = []v1alpha1.EnvFromSource{{
		Prefix: "BY_LABEL_", SecretSelector: &v1alpha1.SecretSelector{MatchLabels: w.token.Labels},
	}}
	s.create(w.alice, w.token, w.bucket, w.base, w.extra, w.team, w.data)
	s.becomesReady(w.alice, w.base, w.extra, w.data)
	s.eventually(soon, w.isEquipped)
	return w
}

// isEquipped complains unless the account has all of its team's set.
func (w settledWorld) isEquipped() string {
	w.Helper()
	if w.becomesReady(w.team); w.team.Status.Accounts.Progress != "1/1" {
		return "the team's set is in " + w.team.Status.Accounts.Progress + " accounts"
	}
	return ""
}

// rows are, of each variable, who owns it, how long it is and how often it was written; and of the connection.
func (w settledWorld) rows() map[string]string {
	w.Helper()
	db := w.openSQL()
	defer func() { _ = db.Close() }()
	rows, err := db.Query(`SELECT v.name, coalesce(owner_name, '-') || ' ' || length(value) || ' ' || v.version FROM env_vars v
		UNION ALL SELECT name, length(credentials) || ' ' || version FROM connections`)
	w.must(err)
	defer func() { _ = rows.Close() }()
	found := map[string]string{}
	for rows.Next() {
		var name, row string
		w.must(rows.Scan(&name, &row))
		found[name] = row
	}
	w.must(rows.Err())
	return found
}

// remade deletes a Secret and creates one of the same name and labels.
func (w settledWorld) remade(src *corev1.Secret, keysAndValues ...string) {
	w.Helper()
	w.delete(src)
	again := secret(src.Name, keysAndValues...)
	again.Labels = src.Labels
	w.create(again)
}

// longer expects these variables to be so much longer than before.
func (w settledWorld) longer(before map[string]string, by int, names ...string) string {
	size := func(row string) (n int) {
		_, _ = fmt.Sscanf(row, "%s %d", new(string), &n)
		return n
	}
	now := w.rows()
	for _, name := range names {
		if size(now[name]) != size(before[name])+by {
			return name + " has not the new value: " + now[name]
		}
	}
	return ""
}

// owners expects names to be owned by live objects: each name is followed by the name of its set.
func owners(namesAndSets ...string) func(settledWorld, map[string]string) string {
	return func(w settledWorld, _ map[string]string) string {
		for _, set := range []*v1alpha1.EnvVarSet{w.base, w.extra, w.team} {
			w.must(w.api.Get(w.Context(), client.ObjectKeyFromObject(set), set))
		}
		uids := map[string]string{"base": string(w.base.UID), "extra": string(w.extra.UID), "team": string(w.team.UID)}
		for i := 0; i < len(namesAndSets); i += 2 {
			name, set := namesAndSets[i], namesAndSets[i+1]
			if w.count(`SELECT count(*) FROM env_vars WHERE name = ? AND owner_uid = ?`, name, uids[set]) != 1 {
				return fmt.Sprintf("%s is not %s's", name, set)
			}
		}
		return ""
	}
}

// untouched expects that nothing was written at all.
func untouched(w settledWorld, before map[string]string) string { return cmp.Diff(before, w.rows()) }
