package v1alpha1_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

const conditions = `
conditions:
- {type: Ready, status: "True", reason: Synced, message: "", observedGeneration: 1, lastTransitionTime: "2026-01-02T03:04:05Z"}
observedGeneration: 1
signature: 671a30532fe5306135d2c2d38b2a8987
`

// shared by the kinds that stand for something in the store.
const lasting = conditions + `
lastHandledRequest: "2026-01-02T03:04:05Z"
drifted: [HF_TOKEN, invoice.taxID]
storeID: 5f0c1f3e9d6b4a7c8e2d1b0a9f8e7d6c
`

// statuses show everything that each kind may report.
var statuses = map[string]string{
	"Account": lasting + `
accountID: "1842"
email: alice@example.com
emailVerifiedTime: "2026-01-02T03:04:05Z"
twoFactor: {state: Enabled, methods: [TOTP], backupCodesRemaining: 0}
referral: {code: k2m4xw, link: "https://console.example.com/?ref_id=k2m4xw", referrals: 0}
settings:
  username: alice
  theme: Dark
  twoFactor: Required
  emailChange: Holder
  newsletter: Subscribed
  events: [{type: low_credit, email: Disabled}]
  invoiceFields: [taxID]
envVarCount: 0
cloudConnectionCount: 0
sshKeyCount: 0
dependents: [{kind: Instance, count: 2, inTeams: 1}]
restoreCandidates: [{accountID: "42", deletedTime: "2026-01-02T03:04:05Z", use: Used}]
deletionBlockers: [{kind: Instance, count: 2, ids: ["101", "102"]}]
`,
	"AccountAction": conditions + `
startTime: "2026-01-02T03:04:05Z"
completionTime: "2026-01-02T03:04:05Z"
`,
	"EnvVarSet": lasting + `
accounts: {matched: 2, ready: 1, blocked: 1, progress: 1/2, notReady: [{name: bob, reason: AccountNotReady, message: it is not there}]}
varCount: 0
names: [HF_TOKEN]
sources: [{kind: Secret, name: hf, resourceVersion: "7"}, {kind: ConfigMap, name: site}]
conflicts: [{name: LOG_LEVEL, holder: base}]
lastSyncTime: "2026-01-02T03:04:05Z"
`,
	"CloudConnection": lasting + `
connectionID: "77"
lastVerifiedTime: "2026-01-02T03:04:05Z"
sources: [{kind: Secret, name: s3, resourceVersion: "7"}]
`,
	"SSHKey": lasting + `
keyID: "77"
type: ssh-ed25519
fingerprint: SHA256:mx3sk+b1kt8J2SInDQMifzBcX/7P8+WDcdlHRQourx8
`,
}

func TestStatus_Largest_IsKeptWhole(t *testing.T) {
	for _, k := range kinds {
		t.Run(fmt.Sprintf("given a stored %s, when all of its status is reported, then all of it is kept", k.name), func(t *testing.T) {
			live := created(t, k.first(t))
			live.Object["status"] = parsed(t, statuses[k.name])
			if err := admin.Status().Update(t.Context(), live); err != nil {
				t.Fatal(err)
			}
			got, err := yaml.Marshal(live.Object["status"])
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(parsed(t, statuses[k.name]), parsed(t, string(got))); diff != "" {
				t.Errorf("kept otherwise (-want +got):\n%s", diff)
			}
		})
	}
}

func TestStatus_Example_HasEveryField(t *testing.T) {
	all := schemas(t)
	for _, k := range kinds {
		o := k.first(t)
		o.Object["status"] = parsed(t, statuses[k.name])
		for _, path := range leaves("status", all[k.name]) {
			if _, ok := lookup(o, firstOf(path)); !ok {
				t.Errorf("%s: the example does not show %s", k.name, path)
			}
		}
	}
}

// The status is the manager's: who writes the spec cannot write it along. What is there says that the object was not observed yet,
// so that tools which wait do not take it for done.
func TestStatus_WrittenWithTheSpec_IsIgnored(t *testing.T) {
	for _, k := range kinds {
		t.Run(fmt.Sprintf("given %s, when it is created with a status, then that is dropped", k.name), func(t *testing.T) {
			o := k.first(t)
			o.Object["status"] = parsed(t, statuses[k.name])
			unseen := map[string]any{"observedGeneration": int64(-1)}
			if diff := cmp.Diff(any(unseen), created(t, o).Object["status"]); diff != "" {
				t.Errorf("kept (-want +got):\n%s", diff)
			}
		})
	}
}

func parsed(t *testing.T, text string) map[string]any {
	t.Helper()
	fields := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &fields); err != nil {
		t.Fatal(err)
	}
	return fields
}
