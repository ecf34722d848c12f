package portal

// The pages that others lead to.
const (
	signInPath   = "/sign-in"
	codePath     = "/sign-in/code"
	settingsPath = "/settings"
	sessionsPath = "/settings/sessions"
	passwordPath = "/settings/password"
	setUpPath    = "/settings/two-factor"

	variablesPath = "/settings/variables"
	pastePath     = variablesPath + "/paste"
)
