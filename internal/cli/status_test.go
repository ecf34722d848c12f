package cli_test

import (
	"encoding/json"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

const canary = "s3cr3t-of-the-plugin"

// publicKey is one, of which no one kept the private half.
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF93RuzTOUo7chJZhT+8D6LcE/Q6qKTn6gM7gT57xptb alice@laptop"

// household creates alice with a set, a connection, a Secret for both and a key, and waits until all are stored.
func (s *scene) household() (*v1alpha1.Account, *v1alpha1.EnvVarSet, *v1alpha1.CloudConnection) {
	s.Helper()
	a := s.account("alice")
	s.create(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "keys"}, StringData: map[string]string{
		"token": canary, "access-key-id": canary, "secret-access-key": canary,
	}})
	set := s.set("training", "keys")
	connection := &v1alpha1.CloudConnection{ObjectMeta: metav1.ObjectMeta{Name: "data"}, Spec: v1alpha1.CloudConnectionSpec{
		AccountRef: v1alpha1.AccountReference{Name: "alice"}, Type: v1alpha1.ConnectionAmazonS3, DisplayName: "data", Verification: v1alpha1.VerificationDisabled,
		AmazonS3: &v1alpha1.AmazonS3Connection{
			Bucket: "data", Region: "eu-central-1", CredentialsSecretRef: v1alpha1.AmazonS3Credentials{Name: "keys"},
		},
	}}
	s.create(connection)
	key := &v1alpha1.SSHKey{ObjectMeta: metav1.ObjectMeta{Name: "laptop"}, Spec: v1alpha1.SSHKeySpec{
		AccountRef: v1alpha1.AccountReference{Name: "alice"}, PublicKey: publicKey,
	}}
	s.create(key)
	s.becomes(a, v1alpha1.ReasonSynced)
	s.becomes(set, v1alpha1.ReasonSynced)
	s.becomes(connection, v1alpha1.ReasonSynced)
	s.becomes(key, v1alpha1.ReasonSynced)
	return a, set, connection
}

// set creates a set of alice with two variables, of which one is from a Secret.
func (s *scene) set(name, secret string) *v1alpha1.EnvVarSet {
	s.Helper()
	level := "debug"
	set := &v1alpha1.EnvVarSet{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: v1alpha1.EnvVarSetSpec{
		AccountRef: v1alpha1.AccountReference{Name: "alice"},
		Env: []v1alpha1.EnvVar{
			{Name: "LOG_LEVEL", Value: &level},
			{Name: "HF_TOKEN", ValueFrom: &v1alpha1.EnvVarSource{SecretKeyRef: &v1alpha1.KeySelector{Name: secret, Key: "token"}}},
		},
	}}
	s.create(set)
	return set
}

// ages are what differs from run to run.
var (
	ages     = regexp.MustCompile(`\b\d+(s|m|m\d+s)\b`)
	instants = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)
)

func TestStatus_Account_ShowsAllThatBelongsToIt(t *testing.T) {
	s := newScene(t)
	a, _, _ := s.household()

	got := s.runs("status", "alice")

	want := `OBJECT                    READY   REASON   AGE   ABOUT
account/alice             True    Synced   1s    ` + s.email("alice") + `, id ` + a.Status.AccountID + `
│    MailNotConfigured: the mail that asks for it waits since TIME: start the manager with --smtp-url-file, --mail-from and --portal-url
├─ envvarset/training     True    Synced   1s    2 variables, written 1s ago
├─ cloudconnection/data   True    Synced   1s    AmazonS3, VerificationDisabled
└─ sshkey/laptop          True    Synced   1s    SHA256:mx3sk+b1kt8J2SInDQMifzBcX/7P8+WDcdlHRQourx8
`
	if diff := cmp.Diff(want, instants.ReplaceAllString(ages.ReplaceAllString(got, "1s"), "TIME")); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
}

func TestStatus_Obstacles_AreShownUnderEachObject(t *testing.T) {
	s := newScene(t)
	a, set, _ := s.household()
	missing := s.set("other", "nothing")
	s.becomes(missing, v1alpha1.ReasonSourceMissing)
	s.instance("i-"+s.ns, s.email("alice"))
	s.must(s.api.Delete(t.Context(), a))
	s.becomes(a, v1alpha1.ReasonDeletionBlocked)
	s.runs("suspend", "evs/"+set.Name)

	got := s.runs("status", "alice")

	s.holds(got, "it is being deleted\n", "DeletionBlocked: the account still has 1 instance (i-"+s.ns+")",
		"SourceMissing: Secret/nothing does not exist", "Suspended: spec.suspend is true")
	s.runs("forget", "alice")
}

func TestStatus_NoManager_SaysSo(t *testing.T) {
	s := newScene(t)
	s.account("alice", func(a *v1alpha1.Account) { a.Spec.ClassName = "nobody" })

	s.holds(s.runs("status", "alice"), "Unknown", "no manager has looked at it yet")
	s.holds(s.runs("status", "alice", "-o", "wide"), "CLASS", "nobody", "SEEN", "0/1")
}

func TestStatus_JSONAndYAML_AreTheObjects(t *testing.T) {
	s := newScene(t)
	s.household()

	var list struct {
		Kind  string
		Items []struct {
			APIVersion, Kind string
			Metadata         struct{ Name string }
		}
	}
	s.must(json.Unmarshal([]byte(s.runs("status", "alice", "-o", "json")), &list))
	var kinds []string
	for _, o := range list.Items {
		if o.APIVersion != v1alpha1.GroupVersion.String() {
			t.Errorf("%s has apiVersion %q", o.Metadata.Name, o.APIVersion)
		}
		kinds = append(kinds, o.Kind+"/"+o.Metadata.Name)
	}
	if diff := cmp.Diff([]string{"Account/alice", "EnvVarSet/training", "CloudConnection/data", "SSHKey/laptop"}, kinds); diff != "" || list.Kind != "List" {
		t.Errorf("items of %s (-want +got):\n%s", list.Kind, diff)
	}
	s.holds(s.runs("status", "alice", "-o", "yaml"), "kind: List", "kind: EnvVarSet")
}
