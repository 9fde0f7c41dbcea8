package pages

// spanishProblems are what can be wrong with a name, by how package names begins to say it. No one of them begins another.
func spanishProblems() map[string]string {
	return map[string]string{
		"":                        "tiene algo que un dominio no puede tener",
		"is empty":                "está vacío",
		"is longer than 253":      "tiene más de 253 caracteres",
		"is longer than 63":       "tiene más de 63 caracteres",
		"is not valid UTF-8":      "no es texto legible",
		"ends with a dot":         "termina en punto",
		"has an empty label":      "tiene dos puntos seguidos o empieza con un punto",
		"is the last and all":     "está al final y solo tiene cifras, como en una dirección IP",
		"is not an A-label":       "empieza con xn-- y no es la forma codificada de otro texto",
		"begins with a hyphen":    "empieza con un guion",
		"ends with a hyphen":      "termina con un guion",
		"has hyphens in third":    "tiene guiones en el tercer y cuarto lugar",
		"has an underscore":       "tiene un guion bajo; solo puede tener letras, cifras y guiones",
		"has a space":             "tiene un espacio; solo puede tener letras, cifras y guiones",
		"is left-to-right":        "mezcla escrituras que van en direcciones distintas",
		"is right-to-left":        "mezcla escrituras que van en direcciones distintas",
		"begins with a character": "empieza con un carácter sin dirección propia junto a una escritura de derecha a izquierda",
		"mixes European":          "mezcla cifras europeas y árabes",
		"cannot be written in":    "tiene caracteres que un dominio no puede tener",
	}
}
