package scenarios

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func TestCloudConnection_EachProvider_IsStored(t *testing.T) {
	s := withAlice(t)
	s3 := s3Connection("s3", "alice", "s3")
	b2 := s3Connection("b2", "alice", "b2")
	b2.Spec.Type, b2.Spec.AmazonS3 = v1alpha1.ConnectionBackblaze, nil
	b2.Spec.Backblaze = &v1alpha1.BackblazeConnection{
		Bucket: "data", Region: "us-west-004", CredentialsSecretRef: v1alpha1.BackblazeCredentials{Name: "b2"},
	}
	dbx := s3Connection("dbx", "alice", "dbx")
	dbx.Spec.Type, dbx.Spec.AmazonS3 = v1alpha1.ConnectionDropbox, nil
	dbx.Spec.Dropbox = &v1alpha1.DropboxConnection{CredentialsSecretRef: v1alpha1.DropboxCredentials{Name: "dbx"}}
	s.create(
		secret("s3", "access-key-id", "1", "secret-access-key", "2"),
		secret("b2", "key-id", "1", "application-key", "2"),
		secret("dbx", "refresh-token", "1", "app-key", "2", "app-secret", "3"),
		s3, b2, dbx)
	s.becomesReady(s3, b2, dbx)

	for _, c := range []*v1alpha1.CloudConnection{s3, b2, dbx} {
		if n := s.count(`SELECT count(*) FROM connections WHERE id = ? AND type = ?`, c.Status.ConnectionID, string(c.Spec.Type)); n != 1 {
			t.Errorf("%d rows for %s", n, c.Name)
		}
	}
}

func TestCloudConnection_CredentialsRotated_ReachTheStoreAtOnce(t *testing.T) {
	s := withAlice(t)
	src, conn := secret("s3", "access-key-id", "1", "secret-access-key", "2"), s3Connection("data", "alice", "s3")
	s.create(src, conn)
	s.becomesReady(conn)
	before, id := s.count(`SELECT version FROM connections`), conn.Status.ConnectionID

	change(s, src, func(o *corev1.Secret) { o.Data["secret-access-key"] = []byte(canary + "rotated") })

	s.eventually(atOnce, func() string {
		if s.count(`SELECT version FROM connections`) != before {
			return ""
		}
		return "the store has the old credentials"
	})
	s.becomesReady(conn)
	if conn.Status.ConnectionID != id {
		t.Error("it is another connection now")
	}
}

func TestCredentials_Malformed_AreReported(t *testing.T) {
	s := withAlice(t)
	src, conn := secret("s3", "access-key-id", "1"), s3Connection("data", "alice", "s3")
	s.create(src, conn)
	message := s.becomes(conn, metav1.ConditionFalse, v1alpha1.ReasonSourceMissing)
	if !strings.Contains(message, `"secret-access-key"`) {
		t.Errorf("the missing key is not named: %s", message)
	}

	change(s, src, func(o *corev1.Secret) { o.Data["secret-access-key"] = []byte(canary + "\n") })
	message = s.becomes(conn, metav1.ConditionFalse, v1alpha1.ReasonSourceInvalid)
	if !strings.Contains(message, "line break") {
		t.Errorf("the line break is not named: %s", message)
	}
	if diff := cmp.Diff(0, s.count(`SELECT count(*) FROM connections`)); diff != "" {
		t.Error("half a connection was stored")
	}
}

func TestCloudConnection_Deleted_IsTakenOrLeft(t *testing.T) {
	s := withAlice(t)
	goes, stays := s3Connection("goes", "alice", "s3"), s3Connection("stays", "alice", "s3")
	stays.Spec.DeletionPolicy = v1alpha1.DeletionRetain
	s.create(secret("s3", "access-key-id", "1", "secret-access-key", "2"), goes, stays)
	s.becomesReady(goes, stays)

	s.delete(goes)
	s.delete(stays)
	s.isGone(goes)
	s.isGone(stays)

	if s.count(`SELECT count(*) FROM connections`) != 1 || s.count(`SELECT count(*) FROM connections WHERE uid IS NULL`) != 1 {
		t.Error("the one is not gone, or the other not the holder's")
	}
}
