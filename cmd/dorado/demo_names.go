package main

import "example.org/dorado/core/registry"

// A demoName is one registration of the demo: how old it is and what has happened to it. All of it
// is invented.
type demoName struct {
	name    string
	days    int // ago it was registered
	years   int
	second  bool   // sponsored by the second registrar
	servers string // own: subordinate hosts; hosted: external ones; none
	deleted int    // days ago; 0 for not
	renewed int    // days ago; 0 for not
	status  registry.Status
}

// demoNames are the first names of every demo, one at least in each state of a registration.
func demoNames() []demoName {
	return []demoName{
		{name: "cafeazul.co", days: 298, years: 2, servers: "own", status: registry.ClientTransferProhibited},
		{name: "librerialuna.co", days: 287, years: 1, servers: "hosted"},
		{name: "panaderiasol.com.co", days: 281, years: 1, second: true, servers: "hosted"},
		{name: "bicisbogota.co", days: 279, years: 3, servers: "hosted"},
		{name: "montanaverde.co", days: 271, years: 1, second: true, servers: "own"},
		{name: "orquideas.com.co", days: 268, years: 1, servers: "hosted"},
		{name: "teatroelfaro.co", days: 263, years: 2, second: true, servers: "hosted"},
		{name: "guaduaydiseno.com.co", days: 255, years: 1, servers: "hosted"},
		{name: "faroldelcaribe.net.co", days: 251, years: 1, second: true, servers: "hosted"},
		{name: "mercadolocal.co", days: 249, years: 1, servers: "hosted", renewed: 40},
		{name: "sombreroyruana.com.co", days: 240, years: 1, servers: "hosted"},
		{name: "rutadelcacao.co", days: 238, years: 5, second: true, servers: "hosted"},
		{name: "elcolibri.co", days: 231, years: 1, servers: "hosted", renewed: 3},
		{name: "arepasdeoro.com.co", days: 222, years: 1, second: true, servers: "hosted"},
		{name: "salsayson.co", days: 219, years: 1, servers: "hosted"},
		{name: "ceramicaelbarro.co", days: 214, years: 1, servers: "hosted", deleted: 33},
		{name: "veleroazul.net.co", days: 205, years: 2, second: true, servers: "hosted"},
		{name: "jardinbotanico.com.co", days: 199, years: 1, servers: "hosted"},
		{name: "ajedrezpaisa.co", days: 190, years: 1, second: true, servers: "hosted", deleted: 34},
		{name: "telaresandinos.co", days: 187, years: 1, servers: "hosted"},
		{name: "mariamejia.nom.co", days: 180, years: 1, servers: "none"},
		{name: "lluviaenmayo.co", days: 173, years: 1, second: true, servers: "hosted", deleted: 12},
		{name: "relojesdelnorte.com.co", days: 166, years: 1, servers: "hosted", status: registry.ClientHold},
		{name: "cumbresierra.co", days: 158, years: 2, servers: "hosted"},
		{name: "papelytinta.co", days: 151, years: 1, second: true, servers: "hosted"},
		{name: "frutosdelpacifico.com.co", days: 143, years: 1, servers: "hosted", deleted: 5},
		{name: "tallerdelutier.co", days: 136, years: 1, servers: "hosted"},
		{name: "nubesdepapel.co", days: 120, years: 1, second: true, servers: "hosted"},
		{name: "puertadelsol.net.co", days: 111, years: 1, servers: "hosted"},
		{name: "cocinalenta.co", days: 97, years: 1, servers: "hosted", status: registry.ClientUpdateProhibited},
		{name: "xn--caf-dma.co", days: 88, years: 1, second: true, servers: "hosted"},
		{name: "barriosanjose.com.co", days: 74, years: 1, servers: "hosted"},
		{name: "laboratorio42.co", days: 61, years: 1, second: true, servers: "hosted"},
		{name: "tranviadelrio.co", days: 45, years: 1, servers: "hosted"},
		{name: "cafeynube.co", days: 30, years: 1, servers: "hosted"},
		{name: "pedroyana.nom.co", days: 21, years: 1, second: true, servers: "none"},
		{name: "bahiaserena.co", days: 14, years: 2, servers: "hosted"},
		{name: "minasdesal.com.co", days: 370, years: 1, servers: "hosted"},              // renewed itself
		{name: "esmeraldaviva.co", days: 380, years: 1, second: true, servers: "hosted"}, // the same
		{name: "festivaldelviento.co", days: 4, years: 1, servers: "hosted"},
		{name: "nuevobarista.co", days: 2, years: 1, second: true, servers: "hosted"},
		{name: "reciennacido.com.co", days: 1, years: 1, servers: "none"},
	}
}

// The words of names that are made up when more are asked for: each first with each second in each
// zone, 8,000 names, and then again with a number.
func demoWords() (first, second, zones []string) {
	return []string{
		"cafe", "casa", "flor", "luna", "mar", "monte", "nube", "palma", "piedra", "puente",
		"rio", "roca", "sol", "tierra", "valle", "viento", "bosque", "camino", "canto", "cielo",
		"faro", "fuego", "hilo", "hoja", "isla", "lago", "libro", "mango", "mesa", "nido",
		"oro", "pan", "papel", "plaza", "puerto", "ruta", "sal", "seda", "taller", "torre",
	}, []string{
		"alto", "andino", "antiguo", "celeste", "bello", "blanco", "bravo", "caribe", "central",
		"claro", "criollo", "dorado", "dulce", "eterno", "feliz", "firme", "fresco", "grande",
		"joven", "justo", "largo", "leve", "libre", "limpio", "lindo", "llanero", "mayor",
		"mestizo", "moderno", "natural", "nativo", "nuevo", "paisa", "pleno", "puro", "real",
		"rojo", "sabio", "sano", "sereno", "serrano", "simple", "tierno", "tropical", "unido",
		"urbano", "valluno", "verde", "vivo", "zen",
	}, []string{"co", "com.co", "net.co", "nom.co"}
}

// demoContact is a person of the demo.
type demoContact struct {
	id, name, org, street, city, province, postcode, phone, email string
}

func demoContacts() []demoContact {
	return []demoContact{
		{"CAFE-1", "Lucia Ferrer", "Cafe Azul SAS", "Carrera 7 # 71-21", "Bogota", "DC", "110231", "+57.6015550110", "lucia@cafeazul.example"},
		{"LUNA-1", "Mateo Rivas", "Libreria Luna", "Calle 10 # 43-12", "Medellin", "ANT", "050021", "+57.6045550121", "mateo@luna.example"},
		{"SOL-1", "Elena Prieto", "Panaderia Sol Ltda", "Avenida 6 # 14-30", "Cali", "VAC", "760044", "+57.6025550132", "elena@sol.example"},
		{"MAR-1", "Tomas Quintero", "", "Calle 30 # 8-59", "Cartagena", "BOL", "130001", "+57.6055550143", "tomas@mar.example"},
		{"RIO-1", "Ines Cardona", "Rio Claro Estudio", "Carrera 23 # 62-16", "Manizales", "CAL", "170004", "+57.6065550154", "ines@rioclaro.example"},
		{"TEC-1", "Equipo Tecnico", "Condor Names", "Calle 100 # 8A-49", "Bogota", "DC", "110221", "+57.6015550165", "tech@condor.example"},
	}
}
