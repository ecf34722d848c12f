package scenarios

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func TestCloudConnection_ReportedDrift_IsLeftOverRestartAndRotation(t *testing.T) {
	s := withAlice(t)
	src, conn := secret("s3", "access-key-id", "1", "secret-access-key", "2"), s3Connection("data", "alice", "s3")
	conn.Spec.DriftPolicy = v1alpha1.DriftReport
	s.create(src, conn)
	s.becomesReady(conn)
	s.foreign(`UPDATE connections SET bucket = 'theirs'`)
	s.reportsDrift(conn, "bucket")

	// Its Secret is rotated after a restart: the credentials are written, the bucket is left.
	s.restartManager()
	before := s.count(`SELECT version FROM connections`)
	change(s, src, func(o *corev1.Secret) { o.Data["secret-access-key"] = []byte(canary + "rotated") })
	s.eventually(soon, func() string {
		if s.count(`SELECT version FROM connections`) == before {
			return "the store has the old credentials"
		}
		return ""
	})
	s.reportsDrift(conn, "bucket")
	change(s, conn, func(c *v1alpha1.CloudConnection) { c.Spec.DisplayName = "training" })
	s.reportsDrift(conn, "bucket")
	if s.count(`SELECT count(*) FROM connections WHERE bucket = 'theirs' AND display_name = 'training'`) != 1 {
		t.Error("the drift was overwritten, or the change was not written")
	}

	change(s, conn, func(c *v1alpha1.CloudConnection) { c.Spec.DriftPolicy = v1alpha1.DriftCorrect })
	s.reportsDrift(conn)
	if s.count(`SELECT count(*) FROM connections WHERE bucket = 'data'`) != 1 {
		t.Error("what drifted was not put back")
	}
}
