package scenarios

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	admissionv1 "k8s.io/api/admission/v1"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/fault"
	apigate "github.com/account-operator/account-operator/test/gate"
)

// Given an object that is being deleted while the manager puts its finalizer, when the API server lets it go past the finalizer,
// then what was made for it meanwhile is dealt with as its deletionPolicy says.
func TestFinalizerRace_DeletedPastIt_LeavesNothingBehind(t *testing.T) {
	for name, c := range map[string]struct {
		object  object.Object
		left    string // counts what there is
		retains bool
	}{
		"an Account": {account("bob", "bob@example.com"),
			`SELECT count(*) FROM accounts WHERE deleted_at IS NULL AND email = 'bob@example.com'`, false},
		"an Account that is retained": {account("bob", "bob@example.com"),
			`SELECT count(*) FROM accounts WHERE deleted_at IS NULL AND uid IS NULL AND email = 'bob@example.com'`, true},
		"an EnvVarSet": {envVarSet("bob", "alice", value("A", "1")), `SELECT count(*) FROM env_vars`, false},
		"an EnvVarSet that is retained": {envVarSet("bob", "alice", value("A", "1")),
			`SELECT count(*) FROM env_vars WHERE owner_uid IS NULL`, true},
		"an EnvVarSet with a selector": {forTeam("bob"), `SELECT count(*) FROM env_vars`, false},
		"a CloudConnection":            {s3Connection("bob", "alice", "s3"), `SELECT count(*) FROM connections`, false},
		"an SSHKey":                    {sshKey("bob", "alice"), `SELECT count(*) FROM ssh_keys`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raced := fault.Begin(t, fault.Case{
				Goal: "G5", Workload: name + " is made and deleted", Trigger: "its finalizer is put", Action: "the deletion has begun before",
			})
			g := apigate.Open(t, local.Config())
			s := newStageBy(t, "sqlite", g.Through)
			alice := account("alice", email)
			alice.Labels = maps.Clone(vision)
			s.create(alice, secret("s3", "access-key-id", "1", "secret-access-key", "2"))
			s.becomesReady(alice)
			deletions := s.holdDeletions("bob", alice)
			if c.retains {
				c.object.Common().DeletionPolicy = v1alpha1.DeletionRetain
			}

			puts := g.Arm(apigate.Rule{Verb: "patch", Name: "bob", Do: apigate.HoldBefore})
			s.create(c.object)
			await.Value(t, puts.Sprung())
			deleted := make(chan error, 1)
			go func() { deleted <- s.api.Delete(context.Background(), c.object) }()
			await.Value(t, deletions.begun)
			puts.Release()
			s.becomesReady(c.object.DeepCopyObject().(object.Object))
			deletions.goOn()
			s.must(await.Value(t, deleted))
			raced.Add(1)

			s.isGone(c.object)
			want := map[bool]int{false: 0, true: 1}[c.retains]
			s.eventually(soon, func() string {
				if got := s.count(c.left); got != want {
					return fmt.Sprintf("%d rows are left", got)
				}
				return ""
			})
		})
	}
}

// heldDeletions are those of one name, which the API server asks a webhook about that does not answer before goOn.
type heldDeletions struct {
	begun chan struct{} // closed when one is held
	goOn  func()
}

// holdDeletions holds those of a name up in the middle, once they have read the finalizers. other is an object that is not
// deleted, though asked about.
func (s *scenario) holdDeletions(name string, other client.Object) heldDeletions {
	s.Helper()
	held, release, acts := make(chan struct{}), make(chan struct{}), make(chan struct{})
	begins, act := sync.OnceFunc(func() { close(held) }), sync.OnceFunc(func() { close(acts) })
	webhook := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var review admissionv1.AdmissionReview
		if err := json.NewDecoder(r.Body).Decode(&review); err != nil {
			s.Error(err)
			return
		}
		act()
		if review.Request.Name == name {
			begins()
			await.Value(s, release)
		}
		review.Response = &admissionv1.AdmissionResponse{UID: review.Request.UID, Allowed: true}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(review)
	}))
	goOn := sync.OnceFunc(func() { close(release) })
	s.Cleanup(func() { goOn(); webhook.Close() })

	config := &admissionregistrationv1.ValidatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: s.ns},
		Webhooks: []admissionregistrationv1.ValidatingWebhook{{
			Name: "holds.example.com",
			ClientConfig: admissionregistrationv1.WebhookClientConfig{
				URL: &webhook.URL, CABundle: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: webhook.Certificate().Raw}),
			},
			NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": s.ns}},
			Rules: []admissionregistrationv1.RuleWithOperations{{
				Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Delete},
				Rule: admissionregistrationv1.Rule{
					APIGroups: []string{v1alpha1.GroupVersion.Group}, APIVersions: []string{"*"}, Resources: []string{"*"},
				},
			}},
			SideEffects:             new(admissionregistrationv1.SideEffectClassNone),
			TimeoutSeconds:          new(int32(30)),
			AdmissionReviewVersions: []string{"v1"},
		}},
	}
	s.must(s.api.Create(context.Background(), config))
	s.Cleanup(func() { _ = s.api.Delete(context.Background(), config) })
	s.eventually(soon, func() string {
		s.must(s.api.Delete(context.Background(), other, client.DryRunAll))
		select {
		case <-acts:
			return ""
		default:
			return "the API server does not ask the webhook yet"
		}
	})
	return heldDeletions{held, goOn}
}
