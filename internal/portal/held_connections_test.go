package portal_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
)

const connectionsHeading = "Cloud connections"

// connected is the only connection of alice, as she sees it.
func (s *scene) connected() store.Connection {
	s.Helper()
	held, err := s.store.Holder(s.accountID("alice@example.com")).Connections(s.Context())
	s.must(err)
	if len(held) != 1 {
		s.Fatalf("%d connections", len(held))
	}
	return held[0].Connection
}

var ofS3 = []string{
	"type", "AmazonS3", "displayName", "Training data", "bucket", "training-data", "region", "eu-central-1",
	"accessKeyID", "AKIA-canary-of-alice", "secretAccessKey", "canary-secret-of-alice",
}

func TestConnections_ConnectedRenamedAndDisconnected_AreListed(t *testing.T) {
	s := newScene(t)
	b := s.signedIn("alice", nothingSet)
	for kind, title := range map[string]string{"AmazonS3": "Connect Amazon S3", "Backblaze": "Connect Backblaze", "Dropbox": "Connect Dropbox"} {
		b.get("/settings/connections/new?type="+kind).shows(t, http.StatusOK, title)
	}

	b.post("/settings/connections", ofS3...).shows(t, http.StatusOK, connectionsHeading).says(t, "Training data").says(t, "Amazon S3, bucket training-data")
	made := s.connected()
	b.get("/settings").says(t, "1 connection")
	b.get("/settings/connections/rename?id="+made.ID).shows(t, http.StatusOK, "Rename a connection")
	b.post("/settings/connections/rename", "id", made.ID, "displayName", "").shows(t, http.StatusUnprocessableEntity, "Rename a connection")
	b.post("/settings/connections/rename", "id", made.ID, "displayName", "Results").shows(t, http.StatusOK, connectionsHeading).says(t, "Results")
	for range 2 { // pressed twice
		page := b.post("/settings/connections/disconnect", "id", made.ID).shows(t, http.StatusOK, connectionsHeading)
		if strings.Contains(page.body, "Results") {
			t.Error("it is listed")
		}
	}
	b.post("/settings/connections/rename", "id", made.ID, "displayName", "Gone").shows(t, http.StatusOK, connectionsHeading)
}

func TestConnections_Refused_KeepWhatWasTypedButNoCredential(t *testing.T) {
	s := newScene(t)
	b := s.signedIn("alice", nothingSet)
	s.secrets = append(s.secrets, []byte("AKIA-canary-of-alice"), []byte("canary-secret-of-alice"))
	for field, typed := range map[string]string{
		"displayName": "", "bucket": "No Bucket", "region": "", "endpoint": "http://10.0.0.1/", "accessKeyID": "", "secretAccessKey": "two\nlines",
	} {
		t.Run(field, func(t *testing.T) {
			fields := slices.Clone(ofS3)
			if n := slices.Index(fields, field); n >= 0 {
				fields[n+1] = typed
			} else {
				fields = append(fields, field, typed)
			}
			page := b.post("/settings/connections", fields...).shows(t, http.StatusUnprocessableEntity, "Connect Amazon S3")
			if field != "bucket" && page.field(t, "bucket") != "training-data" {
				t.Error("the bucket has to be typed again")
			}
			if strings.Contains(page.body, "canary") {
				t.Error("a credential is on the page")
			}
			assertIDs(t, page.parse(t))
		})
	}
	b.post("/settings/connections", "type", "Elsewhere").shows(t, http.StatusOK, connectionsHeading)
	if all, err := s.store.Holder(s.accountID("alice@example.com")).Connections(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%d connections, %v", len(all), err)
	}
}

func TestConnections_OfAnObjectOrAnother_AreNotChanged(t *testing.T) {
	s := newScene(t)
	b := s.signedIn("alice", nothingSet)
	claim := store.Claim{Cluster: "cluster", Kind: store.KindCloudConnection, Namespace: "team", NamespaceUID: "team", Name: "data", UID: "data"}
	_, err := s.fenced.Connections().Put(t.Context(), claim, s.claimOf("alice@example.com"), store.Connection{DisplayName: "Team's", Type: "Dropbox"}, store.Mark{})
	s.must(err)
	theirs := s.connected()

	b.get("/settings/connections").shows(t, http.StatusOK, connectionsHeading).says(t, "Your platform team sets this.")
	b.get("/settings/connections/rename?id="+theirs.ID).shows(t, http.StatusOK, connectionsHeading)
	b.post("/settings/connections/rename", "id", theirs.ID, "displayName", "Mine").shows(t, http.StatusUnprocessableEntity, connectionsHeading)
	b.post("/settings/connections/disconnect", "id", theirs.ID).shows(t, http.StatusUnprocessableEntity, connectionsHeading).says(t, "Nothing was changed.")
	mallory := s.signedIn("mallory", nothingSet)
	mallory.post("/settings/connections/disconnect", "id", theirs.ID).shows(t, http.StatusOK, connectionsHeading)
	mallory.post("/settings/connections/rename", "id", theirs.ID, "displayName", "Mine").shows(t, http.StatusOK, connectionsHeading)

	if got := s.connected(); got.DisplayName != "Team's" {
		t.Errorf("it is %q", got.DisplayName)
	}
}
