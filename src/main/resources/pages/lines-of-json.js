      // Lines of JSON stay as they are. Swagger UI quotes a text whose media type has "json" in its name.
      () => ({
        afterLoad() {
          const sample = this.fn.getSampleSchema;
          this.fn.getSampleSchema = (schema, type, config, example) =>
            type === "application/x-ndjson" && typeof example === "string"
              ? example
              : sample(schema, type, config, example);
        }
      }),
