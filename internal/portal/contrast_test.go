package portal

import (
	"fmt"
	"math"
	"regexp"
	"testing"
)

var colour = regexp.MustCompile(`--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);`)

// palette reads the colours of both themes from the stylesheet.
func palette(t *testing.T) (light, dark map[string]string) {
	t.Helper()
	light, dark = map[string]string{}, map[string]string{}
	for _, found := range colour.FindAllSubmatch(stylesheet.content, -1) {
		name := string(found[1])
		light[name], dark[name] = string(found[2]), string(found[3])
	}
	return light, dark
}

// Text has to stand out by 4.5 to 1, what shows where a field or the focus is by 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11).
func TestColours_BothThemes_StandOut(t *testing.T) {
	light, dark := palette(t)
	for theme, colours := range map[string]map[string]string{"light": light, "dark": dark} {
		for _, pair := range []struct {
			front, back string
			least       float64
		}{
			{"text", "page", 4.5}, {"text", "card", 4.5}, {"text", "problem-back", 4.5},
			{"quiet", "card", 4.5}, {"quiet", "page", 4.5},
			{"on-accent", "accent", 4.5}, {"on-accent", "pressed", 4.5},
			{"problem", "card", 4.5}, {"problem", "problem-back", 4.5},
			{"line", "card", 3}, {"accent", "card", 3}, {"accent", "page", 3},
		} {
			front, back := colours[pair.front], colours[pair.back]
			if front == "" || back == "" {
				t.Fatalf("%s on %s: no such colour", pair.front, pair.back)
			}
			if got := contrast(t, front, back); got < pair.least {
				t.Errorf("%s: %s on %s stands out by %.2f, wanted %.1f", theme, pair.front, pair.back, got, pair.least)
			}
		}
	}
}

func TestContrast_Calculated_AsDefined(t *testing.T) {
	for _, known := range []struct {
		a, b string
		want float64
	}{{"#000000", "#ffffff", 21}, {"#777777", "#ffffff", 4.48}, {"#abcdef", "#abcdef", 1}} {
		if got := contrast(t, known.a, known.b); math.Abs(got-known.want) > 0.01 {
			t.Errorf("%s and %s: got %.2f, wanted %.2f", known.a, known.b, got, known.want)
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	one, other := luminance(t, a), luminance(t, b)
	return (math.Max(one, other) + 0.05) / (math.Min(one, other) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	var red, green, blue uint8
	if _, err := fmt.Sscanf(hex, "#%02x%02x%02x", &red, &green, &blue); err != nil {
		t.Fatal(err)
	}
	return 0.2126*linear(red) + 0.7152*linear(green) + 0.0722*linear(blue)
}

func linear(channel uint8) float64 {
	c := float64(channel) / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}
