package v1alpha1_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

const (
	publicKey     = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF93RuzTOUo7chJZhT+8D6LcE/Q6qKTn6gM7gT57xptb"
	notAPublicKey = "write one public key as its .pub file has it"
	isPrivate     = "this is a private key: write the public one, and make another pair"
)

var sshKey = kind{
	name: "SSHKey",
	examples: []string{`
kind: SSHKey
spec:
  accountRef: {name: alice}
  className: gpu
  deletionPolicy: Delete
  driftPolicy: Correct
  resyncIntervalSeconds: 60
  suspend: false
  publicKey: ` + publicKey + ` alice@laptop
`},
	fields: append(shared,
		objectName("spec.accountRef.name"),
		field{
			path: "spec.publicKey",
			accepts: []value{
				{"without a comment", publicKey},
				{"with a comment of several words", publicKey + " Alice's laptop"},
				{"a key of ECDSA", "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBNSXBbmCCUk6/4UFXiyyx69fhec2eqdH/t+pharNBFeieXjIgOO7u6zpHTqlhps/DfDvjgzsmKqqIyKCjyjaopI= bob"},
				{"a key of RSA", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC0VLR15Oqi77taXq99AmFSbsmXtix bob"},
				{"a key on a security key", "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIA== bob"},
				{"at its longest", publicKey + " " + strings.Repeat("c", 4095-len(publicKey))},
			},
			refuses: []refusal{
				{"over two lines", publicKey + "\n" + publicKey, notAPublicKey},
				{"ended by a line feed", publicKey + "\n", notAPublicKey},
				{"with a turned direction", publicKey + " \u202eb", notAPublicKey},
				{"with a comment that is not ASCII", publicKey + " Büro", notAPublicKey},
				{"left out", absent, "Required value"},
				{"empty", "", "at least 1 chars"},
				{"longer", publicKey + " " + strings.Repeat("c", 4096-len(publicKey)), "may not be more than 4096"},
				{"without a type", strings.Fields(publicKey)[1], notAPublicKey},
				{"without base64", "ssh-ed25519", notAPublicKey},
				{"with two spaces", strings.Replace(publicKey, " ", "  ", 1), notAPublicKey},
				{"of a type that OpenSSH gave up", strings.Replace(publicKey, "ssh-ed25519", "ssh-dss", 1), notAPublicKey},
				{"a certificate", strings.Replace(publicKey, "ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com", 1), notAPublicKey},
				{"with options", `from="10.0.0.1" ` + publicKey, notAPublicKey},
				{"the name of a file", "~/.ssh/id_ed25519.pub", notAPublicKey},
				{"a private key on one line", "-----BEGIN OPENSSH PRIVATE KEY----- b3BlbnNzaC1rZXk= -----END OPENSSH PRIVATE KEY-----", isPrivate},
				{"a private key of PuTTY", "PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nAAAA", isPrivate},
			},
		},
	),
	fixed: []fixed{className("SSHKey"), accountRef("SSHKey")},
}

// Given a private key that was taken for the public one, when an SSHKey is created with it, then it is refused in words that repeat
// nothing of it.
func TestSSHKey_PrivateKey_IsRefusedAndNotRepeated(t *testing.T) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "alice@laptop")
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(block))
	for what, c := range map[string]struct{ key, says string }{
		"a file":              {text, isPrivate},
		"on one line":         {strings.ReplaceAll(text, "\n", " "), isPrivate},
		"without its heading": {strings.Join(strings.Fields(text)[4:], "\n"), notAPublicKey},
		"longer than a key":   {strings.Repeat(text, 20), "may not be more than 4096"},
	} {
		err := submit(t, with(sshKey.first(t), "spec.publicKey", c.key))
		refused(t, err, "spec.publicKey", c.says)
		for _, line := range strings.Fields(text) {
			if len(line) > 20 && strings.Contains(err.Error(), line) {
				t.Errorf("%s: the refusal repeats it: %v", what, err)
				break
			}
		}
	}
}
