package probe

import (
	"strings"
	"testing"

	"github.com/account-operator/account-operator/test/standin"
)

func TestDropbox_TokenAndApp_AreJudged(t *testing.T) {
	known := standin.Dropbox{AppKey: "app", AppSecret: canary + "app", RefreshToken: canary + "token"}
	narrow := known
	narrow.WithoutScope = true
	good := credentials("appKey", "app", "appSecret", canary+"app", "refreshToken", canary+"token")
	for name, given := range map[string]struct {
		dropbox     standin.Dropbox
		credentials Target
		want        Verdict
	}{
		"what Dropbox knows":                {known, Target{Credentials: good}, accepted},
		"a token that was revoked":          {known, Target{Credentials: credentials("appKey", "app", "appSecret", canary+"app", "refreshToken", canary)}, rejected},
		"an app with another secret":        {known, Target{Credentials: credentials("appKey", "app", "appSecret", canary, "refreshToken", canary+"token")}, rejected},
		"an app that may not read accounts": {narrow, Target{Credentials: good}, noScope},
	} {
		t.Run(name, func(t *testing.T) {
			server := given.dropbox.Start()
			defer server.Close()
			c := onLoopback()
			c.Dropbox = strings.TrimPrefix(server.URL, "https://")
			given.credentials.Provider = Dropbox

			if got := c.Check(t.Context(), given.credentials); got != given.want {
				t.Errorf("judged %+v, want %+v", got, given.want)
			}
		})
	}
}
