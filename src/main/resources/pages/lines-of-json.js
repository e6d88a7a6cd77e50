      // An object among lines of JSON has to stay on one line. Swagger UI writes it on several.
      () => ({
        afterLoad() {
          const sample = this.fn.getSampleSchema;
          this.fn.getSampleSchema = (schema, type, config, example) =>
            type === "application/x-ndjson" && typeof example === "object"
              ? JSON.stringify(example) + "\n"
              : sample(schema, type, config, example);
        }
      }),
