package portal

// The pages that others lead to.
const (
	signInPath   = "/sign-in"
	codePath     = "/sign-in/code"
	settingsPath = "/settings"
	setUpPath    = "/settings/two-factor"
)
