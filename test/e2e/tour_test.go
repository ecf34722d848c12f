package e2e_test

import (
	"context"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// tour takes the manager through all that it does: objects that are well and
// ill, changed values, changes by others, and every kind of end. Between the
// steps it looks at what there is to see.
func (s *scene) tour(look func(after string)) {
	s.Helper()
	for _, step := range []struct {
		name string
		take func(*scene)
	}{
		{"objects that are well", (*scene).tourWell},
		{"changes", (*scene).tourChanges},
		{"objects that are ill", (*scene).tourIll},
		{"the end", (*scene).tourEnd},
	} {
		step.take(s)
		look(step.name)
	}
}

func (s *scene) tourWell() {
	s.Helper()
	alice, set, data := account("alice"), envVarSet("base", "alice", "hf", "HF_TOKEN"), connection("data", "alice", "s3")
	set.Spec.EnvFrom = []v1alpha1.EnvFromSource{
		{Prefix: "ALL_", SecretRef: &v1alpha1.ObjectSelector{Name: "hf"}},
		{ConfigMapRef: &v1alpha1.ObjectSelector{Name: "settings"}},
	}
	s.create(alice, secret("hf", "HF_TOKEN"), credentials("s3"),
		&corev1.ConfigMap{ObjectMeta: named("settings"), Data: map[string]string{"MODE": "fast"}})
	s.becomesReady(alice)
	key := sshKey("laptop", "alice")
	s.create(set, data, key)
	s.becomesReady(set, data, key)
	s.holds(`SELECT name FROM env_vars`, 3)
}

func (s *scene) tourChanges() {
	s.Helper()
	const version = `SELECT CAST(version AS TEXT) FROM env_vars WHERE name = 'HF_TOKEN'`
	set := &v1alpha1.EnvVarSet{ObjectMeta: inNamespace("base", s.ns)}
	before := s.column(version)[0]
	change(s, &corev1.Secret{ObjectMeta: inNamespace("hf", s.ns)}, func(o *corev1.Secret) {
		o.Data["HF_TOKEN"] = []byte(canary + "rotated")
	})
	s.eventually(func(context.Context) string {
		if now := s.column(version); len(now) == 1 && now[0] != before {
			return ""
		}
		return "the store has the old value"
	})
	s.foreign(`DELETE FROM env_vars WHERE name = 'HF_TOKEN'`)
	s.eventually(func(context.Context) string {
		if len(s.column(version)) == 1 {
			return ""
		}
		return "what somebody deleted was not put back"
	})
	change(s, set, func(e *v1alpha1.EnvVarSet) { e.Spec.Suspend = true })
	change(s, set, func(e *v1alpha1.EnvVarSet) { e.Spec.Suspend = false })
	s.becomesReady(set)
}

func (s *scene) tourIll() {
	s.Helper()
	missing, binaryValue, huge := secret("missing", "A"), secret("binary", "B"), secret("huge", "C")
	binaryValue.Data["B"] = []byte(canary + "\x00\xff")
	huge.Data["C"] = []byte(strings.Repeat(canary, 8<<10))
	badKeys := secret("keys", "1st")
	sets := map[*v1alpha1.EnvVarSet]v1alpha1.Reason{
		envVarSet("missing", "alice", "missing", "A"):    v1alpha1.ReasonSourceMissing,
		envVarSet("binary", "alice", "binary", "B"):      v1alpha1.ReasonSourceInvalid,
		envVarSet("huge", "alice", "huge", "C"):          v1alpha1.ReasonLimitExceeded,
		envVarSet("conflict", "alice", "hf", "HF_TOKEN"): v1alpha1.ReasonNameConflict,
		envVarSet("orphan", "nobody", "hf", "HF_TOKEN"):  v1alpha1.ReasonAccountNotFound,
		allOf("keys", "alice", "keys"):                   v1alpha1.ReasonSourceInvalid,
	}
	s.create(binaryValue, huge, badKeys)
	for set := range sets {
		s.create(set)
	}
	for set, reason := range sets {
		s.becomes(set, metav1.ConditionFalse, reason)
	}
	lines := credentials("lines")
	lines.Data["secret-access-key"] = []byte(canary + "\n")
	bad, twin := connection("bad", "alice", "lines"), account("twin")
	twin.Spec.Email = "alice@example.com"
	s.create(lines, bad, twin, missing)
	s.becomes(bad, metav1.ConditionFalse, v1alpha1.ReasonSourceInvalid)
	s.becomes(twin, metav1.ConditionFalse, v1alpha1.ReasonEmailInUse)
	s.becomesReady(&v1alpha1.EnvVarSet{ObjectMeta: inNamespace("missing", s.ns)})
}

// allOf takes every key of the Secret.
func allOf(name, account, secret string) *v1alpha1.EnvVarSet {
	s := envVarSet(name, account, secret)
	s.Spec.EnvFrom = []v1alpha1.EnvFromSource{{SecretRef: &v1alpha1.ObjectSelector{Name: secret}}}
	return s
}

func (s *scene) tourEnd() {
	s.Helper()
	alice := &v1alpha1.Account{ObjectMeta: inNamespace("alice", s.ns)}
	s.foreign(`INSERT INTO instances (id, account_id) SELECT 'i-1', id FROM accounts WHERE email = 'alice@example.com'`)
	s.delete(alice)
	s.becomes(alice, metav1.ConditionFalse, v1alpha1.ReasonDeletionBlocked)
	base := &v1alpha1.EnvVarSet{ObjectMeta: inNamespace("base", s.ns)}
	s.delete(base)
	s.isGone(base)
	s.foreign(`DELETE FROM instances`)
	s.isGone(alice)
	s.must(s.api.DeleteAllOf(s.Context(), &v1alpha1.EnvVarSet{}, client.InNamespace(s.ns)))
	s.must(s.api.DeleteAllOf(s.Context(), &v1alpha1.CloudConnection{}, client.InNamespace(s.ns)))
	s.must(s.api.DeleteAllOf(s.Context(), &v1alpha1.SSHKey{}, client.InNamespace(s.ns)))
	s.isGone(&v1alpha1.EnvVarSet{ObjectMeta: inNamespace("missing", s.ns)})
	s.isGone(&v1alpha1.CloudConnection{ObjectMeta: inNamespace("data", s.ns)})
	s.isGone(&v1alpha1.SSHKey{ObjectMeta: inNamespace("laptop", s.ns)})
}
