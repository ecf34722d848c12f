package e2e_test

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// canary is in every secret value of these tests and must be nowhere else. It
// has what quoting changes: a quote, a backslash, an angle bracket, a space and a
// letter beyond ASCII. What scans look for is its core, which no quoting changes.
const (
	core   = "c4n4rys3cr3tv4lu3"
	canary = core + ` "\\<ü> `
)

// object is one of our kinds.
type object interface {
	client.Object
	CommonStatus() *v1alpha1.CommonStatus
}

func named(name string) metav1.ObjectMeta { return metav1.ObjectMeta{Name: name} }

func account(name string) *v1alpha1.Account {
	return &v1alpha1.Account{ObjectMeta: named(name), Spec: v1alpha1.AccountSpec{Email: name + "@example.com"}}
}

// envVarSet takes each key of the Secret as the variable of that name.
func envVarSet(name, account, secret string, keys ...string) *v1alpha1.EnvVarSet {
	s := &v1alpha1.EnvVarSet{
		ObjectMeta: named(name),
		Spec:       v1alpha1.EnvVarSetSpec{AccountRef: v1alpha1.AccountReference{Name: account}},
	}
	for _, key := range keys {
		s.Spec.Env = append(s.Spec.Env, v1alpha1.EnvVar{Name: key, ValueFrom: &v1alpha1.EnvVarSource{
			SecretKeyRef: &v1alpha1.KeySelector{Name: secret, Key: key},
		}})
	}
	return s
}

func connection(name, account, secret string) *v1alpha1.CloudConnection {
	return &v1alpha1.CloudConnection{
		ObjectMeta: named(name),
		Spec: v1alpha1.CloudConnectionSpec{
			AccountRef: v1alpha1.AccountReference{Name: account}, Type: v1alpha1.ConnectionAmazonS3,
			Verification: v1alpha1.VerificationDisabled, // the provider is none of these tests
			AmazonS3: &v1alpha1.AmazonS3Connection{
				Bucket: "data", Region: "eu-central-1",
				CredentialsSecretRef: v1alpha1.AmazonS3Credentials{Name: secret},
			},
		},
	}
}

// secret holds the canary under each key.
func secret(name string, keys ...string) *corev1.Secret {
	s := &corev1.Secret{ObjectMeta: named(name), Data: map[string][]byte{}}
	for _, key := range keys {
		s.Data[key] = []byte(canary + key)
	}
	return s
}

// sshKey has a public key of which no one kept the private half.
func sshKey(name, account string) *v1alpha1.SSHKey {
	return &v1alpha1.SSHKey{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: v1alpha1.SSHKeySpec{
		AccountRef: v1alpha1.AccountReference{Name: account},
		PublicKey:  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF93RuzTOUo7chJZhT+8D6LcE/Q6qKTn6gM7gT57xptb alice@laptop",
	}}
}

// credentials is a Secret for connection.
func credentials(name string) *corev1.Secret {
	return secret(name, "access-key-id", "secret-access-key")
}

func inNamespace(name, namespace string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: name, Namespace: namespace}
}
