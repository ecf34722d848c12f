package mail

// Pause is for the table of pauses, which no test waits for.
var Pause = pause
