package scenarios

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/s3"
)

// How many connections of a namespace, and of a host, are tried at once.
const namespaceShare, hostShare = 4, 2

func TestVerification_EachVerdict_IsReportedAndBlocksNothing(t *testing.T) {
	s, p := withProviders(t)
	mute, _, _ := silent(t)
	plain := "https://127.0.0.1:1"
	for name, given := range map[string]struct {
		endpoint string
		bucket   string
		key      s3.Key
		status   metav1.ConditionStatus
		reason   v1alpha1.Reason
	}{
		"owner":       {p.Endpoint, s3.Bucket, p.Owner, metav1.ConditionTrue, v1alpha1.ReasonAccepted},
		"wrong":       {p.Endpoint, s3.Bucket, s3.Key{ID: p.Owner.ID, Secret: canary}, metav1.ConditionFalse, v1alpha1.ReasonCredentialsRejected},
		"foreigner":   {p.Endpoint, s3.Bucket, p.Stranger, metav1.ConditionFalse, v1alpha1.ReasonAccessDenied},
		"no-bucket":   {p.Endpoint, "missing", p.Owner, metav1.ConditionFalse, v1alpha1.ReasonBucketNotFound},
		"private":     {"https://10.0.0.1", s3.Bucket, p.Owner, metav1.ConditionFalse, v1alpha1.ReasonEndpointNotAllowed},
		"silent":      {mute, s3.Bucket, p.Owner, metav1.ConditionFalse, v1alpha1.ReasonUnreachable},
		"not-serving": {plain, s3.Bucket, p.Owner, metav1.ConditionFalse, v1alpha1.ReasonUnreachable},
	} {
		c := connectionAt(name, given.endpoint)
		c.Spec.AmazonS3.Bucket = given.bucket
		s.create(keySecret(name, given.key), c)

		s.becomesReady(c)
		s.verifies(c, given.status, given.reason)
		if s.has(c, v1alpha1.ConditionStalled) || c.Status.ObservedGeneration != c.Generation {
			t.Errorf("%s: tools would take it for not done: %+v", name, c.Status)
		}
		if c.Status.LastVerifiedTime == nil {
			t.Errorf("%s: it is not shown when", name)
		}
	}
}

func TestVerification_OfDropbox_IsMade(t *testing.T) {
	s, _ := withProviders(t)
	c := s3Connection("dbx", "alice", "dbx")
	c.Spec.Type, c.Spec.AmazonS3, c.Spec.Verification = v1alpha1.ConnectionDropbox, nil, ""
	c.Spec.Dropbox = &v1alpha1.DropboxConnection{CredentialsSecretRef: v1alpha1.DropboxCredentials{Name: "dbx"}}
	src := secret("dbx", "refresh-token", "token", "app-key", "app", "app-secret", "secret")
	s.create(src, c)
	s.verifies(c, metav1.ConditionTrue, v1alpha1.ReasonAccepted)

	change(s, src, func(o *corev1.Secret) { o.Data["refresh-token"] = []byte(canary + "revoked") })

	s.verifies(c, metav1.ConditionFalse, v1alpha1.ReasonCredentialsRejected)
}

func TestVerification_ProviderHangs_KeepsNoneWaiting(t *testing.T) {
	s, _ := withProviders(t)
	s.reach.timeout = time.Hour
	s.restartManager()
	mute, asked, left := silent(t)
	c := connectionAt("data", mute)
	s.create(keySecret("data", s3.Key{ID: "ID", Secret: canary}), c)
	s.becomesReady(c)
	s.verifies(c, metav1.ConditionUnknown, v1alpha1.ReasonVerifying)
	s.sees("the provider is asked", 1, asked)

	s.delete(c)
	s.isGoneWithin(atOnce, c)
	s.sees("the provider is given up", 1, left)
}

func TestVerifier_SuspendedWhileItWaits_IsNotTried(t *testing.T) {
	s, _ := withProviders(t)
	s.reach.timeout = time.Hour
	s.restartManager()
	var hanging []*v1alpha1.CloudConnection
	s.create(keySecret("key", s3.Key{ID: "ID", Secret: canary}))
	at := func(name, endpoint string) *v1alpha1.CloudConnection {
		c := connectionAt(name, endpoint)
		c.Spec.AmazonS3.CredentialsSecretRef.Name = "key"
		s.create(c)
		return c
	}
	for host := range namespaceShare / hostShare {
		mute, asked, _ := silent(t)
		for i := range hostShare {
			hanging = append(hanging, at(fmt.Sprintf("hanging-%d-%d", host, i), mute))
		}
		s.sees("the providers are asked", hostShare, asked)
	}
	endpoint, asked := counted(t)
	next, _ := counted(t)
	waiting := at("waiting", endpoint)
	s.verifies(waiting, metav1.ConditionUnknown, v1alpha1.ReasonVerifying)
	behind := at("behind", next)
	s.verifies(behind, metav1.ConditionUnknown, v1alpha1.ReasonVerifying)

	change(s, waiting, func(c *v1alpha1.CloudConnection) { c.Spec.Suspend = true })
	s.eventually(soon, func() string {
		s.must(s.api.Get(context.Background(), client.ObjectKeyFromObject(waiting), waiting))
		if s.has(waiting, v1alpha1.ConditionSuspended) {
			return ""
		}
		return "it is not suspended"
	})
	s.delete(hanging[0])

	s.verifies(behind, metav1.ConditionTrue, v1alpha1.ReasonAccepted)
	if asked.Load() != 0 {
		t.Error("the provider was asked")
	}
}

func TestVerification_CredentialsRotated_IsRepeated(t *testing.T) {
	s, p := withProviders(t)
	c, src := p.bucket("data", s3.Key{ID: p.Owner.ID, Secret: canary + "wrong"})
	s.create(src, c)
	s.verifies(c, metav1.ConditionFalse, v1alpha1.ReasonCredentialsRejected)

	change(s, src, func(o *corev1.Secret) { o.Data["secret-access-key"] = []byte(p.Owner.Secret) })

	s.verifies(c, metav1.ConditionTrue, v1alpha1.ReasonAccepted)
	if got, want := c.Status.Sources[0].ResourceVersion, src.ResourceVersion; got != want {
		t.Errorf("status speaks of version %s of the Secret, want %s", got, want)
	}
}

func TestVerification_VerdictRepeats_LeavesNoFurtherEvent(t *testing.T) {
	s, p := withProviders(t)
	c, src := p.bucket("data", s3.Key{ID: p.Owner.ID, Secret: canary + "wrong"})
	s.create(src, c)
	s.verifies(c, metav1.ConditionFalse, v1alpha1.ReasonCredentialsRejected)

	for _, key := range []string{canary + "wrong, too", p.Owner.Secret} {
		before := c.Status.Sources[0].ResourceVersion
		change(s, src, func(o *corev1.Secret) { o.Data["secret-access-key"] = []byte(key) })
		s.eventually(soon, func() string {
			s.becomesReady(c)
			if c.Status.Sources[0].ResourceVersion == before || s.isVerifying(c) {
				return "the rotated key was not verified yet"
			}
			return ""
		})
	}

	s.verifies(c, metav1.ConditionTrue, v1alpha1.ReasonAccepted)
	s.eventually(soon, func() string {
		return cmp.Diff(map[string]int{"Synced": 1, "Rotated": 2, "NotVerified": 1, "Verified": 1}, s.eventsOf(c))
	})
}

func TestVerification_SwitchedOffAndOn_IsObeyed(t *testing.T) {
	s, _ := withProviders(t)
	endpoint, asked := counted(t)
	c := connectionAt("data", endpoint)
	c.Spec.Verification = v1alpha1.VerificationDisabled
	s.create(keySecret("data", s3.Key{ID: "ID", Secret: canary}), c)
	s.becomesReady(c)
	s.verifies(c, metav1.ConditionUnknown, v1alpha1.ReasonVerificationDisabled)
	if asked.Load() != 0 {
		t.Error("the provider was asked")
	}

	change(s, c, func(c *v1alpha1.CloudConnection) { c.Spec.Verification = "" })
	s.verifies(c, metav1.ConditionTrue, v1alpha1.ReasonAccepted)

	change(s, c, func(c *v1alpha1.CloudConnection) { c.Spec.Verification = v1alpha1.VerificationDisabled })
	s.verifies(c, metav1.ConditionUnknown, v1alpha1.ReasonVerificationDisabled)
}

func TestBudget_CloudConnection_IsKept(t *testing.T) {
	s, p := withProviders(t)
	c, src := p.bucket("data", p.Owner)
	s.watch()
	s.create(src, c)
	s.verifies(c, metav1.ConditionTrue, v1alpha1.ReasonAccepted)
	if n := s.requests(cluster.ByResource("secrets"))["get secrets"]; n != 2 {
		t.Errorf("the Secret was read %d times, want once for the store and once for the provider", n)
	}
	s.costs("create: stored, then verified", map[string]int{"patch cloudconnections": 1, "update cloudconnections/status": 2})

	change(s, src, func(o *corev1.Secret) { o.Data["secret-access-key"] = []byte(canary + "wrong") })
	s.verifies(c, metav1.ConditionFalse, v1alpha1.ReasonCredentialsRejected)
	s.costs("rotate: stored, then verified", map[string]int{"update cloudconnections/status": 2})

	change(s, c, func(c *v1alpha1.CloudConnection) { c.Spec.Verification = v1alpha1.VerificationPeriodic })
	s.verifies(c, metav1.ConditionFalse, v1alpha1.ReasonCredentialsRejected)
	s.costs("change the policy", map[string]int{"update cloudconnections/status": 1})

	s.delete(c)
	s.isGone(c)
	s.costs("delete", map[string]int{"patch cloudconnections": 1})
}

func TestVerification_ConnectionSuspended_IsNotMade(t *testing.T) {
	s, _ := withProviders(t)
	endpoint, asked := counted(t)
	c := connectionAt("data", endpoint)
	c.Spec.Suspend = true
	s.create(keySecret("data", s3.Key{ID: "ID", Secret: canary}), c)
	s.becomes(c, metav1.ConditionUnknown, v1alpha1.ReasonSuspended)
	if asked.Load() != 0 {
		t.Error("the provider was asked")
	}

	change(s, c, func(c *v1alpha1.CloudConnection) { c.Spec.Suspend = false })

	s.verifies(c, metav1.ConditionTrue, v1alpha1.ReasonAccepted)
}

// isVerifying reports whether the provider's answer is not there yet.
func (s *scenario) isVerifying(c *v1alpha1.CloudConnection) bool {
	s.must(s.api.Get(context.Background(), client.ObjectKeyFromObject(c), c))
	return verifiedReason(c) == v1alpha1.ReasonVerifying
}
